"""Names and notes with letters that a format cannot hold."""

import csv
import io
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import cast
from xml.etree import ElementTree

import pytest

from app.exports.cut import Cut
from app.exports.delivery import Delivery
from app.exports.formats import BY_NAME, FORMATS, Format, export
from app.exports.reel import ReelOptions
from indexer.probe import probe
from indexer.records import Line
from tests.app.exports.conftest import Cutting

HOSTILE = "=A \x00\x0b\x1b[2J\r\n* \ud800 & <b> é\ufffe"
LINE = "=A \ufffd \ufffd[2J * \ufffd & <b> é\ufffd"


class Spoken:
    """A library in which such a text is said in every title."""

    lines = (Line(0.0, 9.0, HOSTILE),)

    title_id = "title-25"

    def title(self, title_id: str) -> "Spoken":
        return self

    def still(self, frame: int) -> None:
        return None

    def still_frames(self, start: int, end: int) -> list[int]:
        return []


@pytest.fixture
def cut(cut_of: Cutting) -> Cut:
    """A cut whose every text holds what it can."""
    plain = cut_of("25")
    name = os.fsdecode(b"caf\xe9") + "\x0b\n.mp4"
    events = tuple(
        replace(
            event,
            name=HOSTILE,
            note=HOSTILE,
            media=replace(event.media, path=Path("/films", name)),
        )
        for event in plain.events
    )
    return replace(plain, name=HOSTILE, events=events)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_can_be_written(cut: Cut, form: Format[Delivery]) -> None:
    content = form.content(Delivery(cut, library=Spoken()))  # type: ignore[arg-type]
    if not form.is_text:
        assert content
        return
    text = content.decode()
    assert not {letter for letter in text if letter < " "} - {"\t", "\r", "\n"}


def text_of(cut: Cut, form: str) -> str:
    return BY_NAME[form].content(Delivery(cut)).decode()


@pytest.mark.parametrize("form", ["fcp7", "fcpxml"])
def test_xml_is_read_back(cut: Cut, form: str) -> None:
    root = ElementTree.fromstring(text_of(cut, form))
    texts = {element.text for element in root.iter()} | {
        value for element in root.iter() for value in element.attrib.values()
    }
    assert any(text and "[2J" in text and "& <b> é" in text for text in texts)
    assert "file:///films/caf%E9%0B%0A.mp4" in texts


def test_otio_is_read_back(cut: Cut) -> None:
    timeline = json.loads(text_of(cut, "otio"))
    assert "[2J" in timeline["name"]


def test_each_statement_of_an_edl_is_a_line(cut: Cut) -> None:
    lines = text_of(cut, "edl").splitlines()
    assert lines[0].isascii()
    assert lines[0].startswith("TITLE: =A ?")
    assert [line for line in lines if line.startswith("* COMMENT:")] == [
        f"* COMMENT: {LINE}"
    ] * len(cut.events)
    assert "* FROM CLIP NAME:  caf\ufffd .mp4" in lines


def test_no_cell_is_a_formula(cut: Cut) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(cut, "csv"), newline="")))
    assert len(rows) == len(cut.events)
    assert {row["title"][:2] for row in rows} == {"'="}
    assert {row["note"][:2] for row in rows} == {"'="}


@pytest.mark.skipif(os.name == "nt", reason="its file names are text")
def test_a_reel_of_a_film_whose_name_is_no_text(cut_of: Cutting, tmp_path: Path) -> None:
    plain = cut_of("25", spans=[(0, 7)])
    name = tmp_path / os.fsdecode(b"caf\xe9 \x1b[2J.mp4")
    (event,) = plain.events
    shutil.copy(event.media.path, name)
    event = replace(event, media=replace(event.media, path=name))
    reel = Delivery(replace(plain, events=(event,)))
    export(reel, tmp_path / "reel.mp4", options=ReelOptions(True, True))
    assert probe(tmp_path / "reel.mp4").fps == plain.fps


@pytest.mark.parametrize(
    ("path", "url"),
    [
        (r"C:\Films\a b é.mp4", "file:///C:/Films/a%20b%20%C3%A9.mp4"),
        (r"\\server\share\a#b.mp4", "file://server/share/a%23b.mp4"),
    ],
)
def test_drives_and_shares_of_windows(cut_of: Cutting, path: str, url: str) -> None:
    plain, place = cut_of("25"), cast(Path, PureWindowsPath(path))
    media = replace(plain.events[0].media, path=place)
    cut = replace(plain, events=tuple(replace(each, media=media) for each in plain.events))
    for form in ("otio", "fcp7", "fcpxml"):
        assert url in text_of(cut, form)
