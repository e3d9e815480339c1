"""What goes along with a cut: paths of another machine, notes, dialogue and stills."""

import csv
import io
import re
import zipfile
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import opentimelineio as otio  # type: ignore[import-untyped]
import pysubs2
import pytest
from PIL import Image

from app.exports.cut import Cut
from app.exports.delivery import Delivery
from app.exports.formats import BY_NAME, FORMATS, Format, export
from app.exports.records import ExportError
from indexer.path_mapping import MappingError, PathMapping
from indexer.records import Line
from tests.app.exports.conftest import Cutting

LINKING = ("fcp7", "fcpxml", "otio", "edl", "ale", "csv")
"""Formats of text that say where films are; test_avid.py has AAF."""


class Shelf:
    """A library of titles with dialogue and without stills, by title id."""

    def __init__(self, lines: Mapping[str, Sequence[Line]]) -> None:
        self._lines = lines

    def title(self, title_id: str) -> Any:
        return Title(title_id, self._lines.get(title_id, ()))


class Title:
    def __init__(self, title_id: str, lines: Sequence[Line]) -> None:
        self.title_id, self.lines = title_id, lines

    def still(self, frame: int) -> None:
        return None

    def still_frames(self, start: int, end: int) -> list[int]:
        return []


@pytest.mark.parametrize("form", LINKING)
@pytest.mark.parametrize(
    ("there", "path", "url"),
    [
        ("/Volumes/Films", "/Volumes/Films/{}", "file:///Volumes/Films/"),
        ("D:\\films", "D:\\films\\{}", "file:///D:/films/"),
        ("\\\\nas\\films", "\\\\nas\\films\\{}", "file://nas/films/"),
    ],
)
def test_films_are_where_the_editor_has_them(
    form: str, there: str, path: str, url: str, written_cut_of: Cutting
) -> None:
    cut = written_cut_of("25")
    film = cut.events[0].media.path
    mapping = PathMapping.parse(["", f"{film.parent} = {there}"])
    text = BY_NAME[form].content(Delivery(cut, mapping)).decode()
    assert path.format(film.name) in text or url in text
    assert str(film.parent) not in text


def test_the_innermost_folder_counts_and_others_stay() -> None:
    mount, other = Path("/mnt").absolute(), Path("/mntx/c").absolute()
    mapping = PathMapping.parse([f"{mount}=/Volumes/all", f"{mount / 'films'}=/Volumes/Films"])
    found = [mapping.path(path) for path in (mount / "films" / "a.mov", mount / "b", other)]
    assert list(map(str, found)) == ["/Volumes/Films/a.mov", "/Volumes/all/b", str(other)]
    drive = PathMapping.parse([f"{mount}=E:"])
    assert str(drive.path(mount / "films" / "a.mov")) == "E:\\films\\a.mov"


@pytest.mark.parametrize("text", ["/mnt/films", "films=/Volumes", "/mnt=Volumes", "=/x", "/x="])
def test_half_a_mapping_is_refused(text: str) -> None:
    with pytest.raises(MappingError, match="write two whole paths with = between them"):
        PathMapping.parse([text])


def test_notes_are_markers_at_the_first_frame(written_cut_of: Cutting, tmp_path: Path) -> None:
    cut = written_cut_of("25")
    delivery = Delivery(cut)
    notes = [event.note for event in cut.events]
    starts = [event.record_start for event in cut.events]
    for form in ("otio", "xml", "edl"):
        export(delivery, tmp_path / f"list.{form}")

    timeline = otio.adapters.read_from_file(str(tmp_path / "list.otio"))
    markers = [marker for clip in timeline.tracks[0] for marker in clip.markers]
    assert [marker.comment for marker in markers] == notes
    for clip, marker in zip(timeline.tracks[0], markers, strict=True):
        assert marker.marked_range.start_time == clip.source_range.start_time
    assert not any(clip.markers for clip in timeline.tracks[1])

    fcp7 = otio.adapters.read_from_file(str(tmp_path / "list.xml"))
    fcp7 = fcp7[0] if isinstance(fcp7, otio.schema.SerializableCollection) else fcp7
    read = [(m.name, round(m.marked_range.start_time.value)) for m in fcp7.tracks.markers]
    assert read == list(zip(notes, starts, strict=True))

    edl = otio.adapters.read_from_file(str(tmp_path / "list.edl"), rate=25)
    located = [clip.markers[0] for clip in edl.tracks[0].find_clips()]
    assert [marker.name for marker in located] == notes
    assert [marker.marked_range.start_time.value - 90_000 for marker in located] == starts

    root = ElementTree.fromstring(BY_NAME["fcpxml"].content(delivery))
    for clip, note in zip(root.iter("asset-clip"), notes, strict=True):
        (marker,) = clip.iter("marker")
        assert (marker.get("value"), marker.get("start")) == (note, clip.get("start"))


@pytest.mark.parametrize("form", FORMATS[1:], ids=lambda form: form.name)
def test_reasons_go_along_only_if_they_are_asked_for(
    form: Format[Delivery], written_cut_of: Cutting
) -> None:
    plain = written_cut_of("25", spans=[(0, 5)])
    cut = replace(plain, events=(replace(plain.events[0], note="", reason="A calm start"),))
    without, asked = Delivery(cut, library=SPOKEN), Delivery(cut, reasons=True, library=SPOKEN)

    def text(delivery: Delivery) -> str:
        content = form.content(delivery)
        if form.suffix == "zip":
            content = zipfile.ZipFile(io.BytesIO(content)).read("list.csv")
        return content.decode()

    assert "A calm start" not in text(without)
    assert ("A calm start" in text(asked)) == (form.name not in ("srt", "vtt"))


SPOKEN: Any = Shelf({"title-25": [Line(0.0, 5.2, "All\nof it"), Line(2.6, 2.9, "Tom & 1 < 2")]})


def cues_of(cut: Cut, form: str, library: Any) -> list[tuple[int, int, str]]:
    text = BY_NAME[form].content(Delivery(cut, library=library)).decode()
    return [(cue.start, cue.end, cue.plaintext) for cue in pysubs2.SSAFile.from_string(text)]


@pytest.mark.parametrize("form", ["srt", "vtt"])
def test_lines_are_cut_where_the_list_is(form: str, written_cut_of: Cutting) -> None:
    """At 25 frames a second a frame has 40 ms. Frames 61 to 90 begin at frame 8 of the list."""
    cut = written_cut_of("25")
    cues = cues_of(cut, form, SPOKEN)
    assert [cue[:2] for cue in cues] == [
        (0, 280),
        (280, 320),
        (320, 1480),
        (320 + 160, 320 + 460),
        (1480, 1920),
    ]
    texts = [unescape(cue[2]) for cue in cues]
    assert texts == ["All\nof it"] * 3 + ["Tom & 1 < 2", "All\nof it"]


def test_lines_follow_a_sequence_of_another_rate(written_cut_of: Cutting) -> None:
    cut = written_cut_of("23.976", "25", spans=[(0, 48), (10, 35)])
    start, end, _ = cues_of(cut, "srt", SPOKEN)[0]
    assert start == round(Fraction(48 * 1001, 24000) * 1000)
    assert end == start + 1000


def test_a_list_without_dialogue_has_no_subtitles(written_cut_of: Cutting) -> None:
    with pytest.raises(ExportError, match="no subtitles in these clips"):
        BY_NAME["srt"].check(Delivery(written_cut_of("25"), library=Shelf({})))  # type: ignore[arg-type]


def test_the_sheet_and_the_zip_show_the_first_and_the_last_frame(cut_of: Cutting) -> None:
    """Compared with the frames of the film itself: the test picture counts them in its corner."""
    cut = cut_of("25", spans=[(37, 38), (61, 90)])
    delivery = Delivery(cut, library=Shelf({}))  # type: ignore[arg-type]
    content = zipfile.ZipFile(io.BytesIO(BY_NAME["stills"].content(delivery)))
    rows = list(csv.DictReader(io.StringIO(content.read("list.csv").decode(), newline="")))
    names = [(row["first_still"], row["last_still"]) for row in rows]
    assert names == [
        ("stills/001-in-10-00-01-12.jpg",) * 2,
        ("stills/002-in-10-00-02-11.jpg", "stills/002-out-10-00-03-14.jpg"),
    ]
    pictures = {name: content.read(name) for pair in names for name in pair}
    html = BY_NAME["sheet"].content(delivery).decode()
    shown = [b64decode(each) for each in re.findall(r"base64,([^\"]+)", html)]
    assert shown == list(pictures.values())
    assert not re.search(r"(?:src|href)=\"(?!data:)", html)
    wanted = frames_of(cut.events[0].media.path, [37, 61, 89])
    for jpeg, frame in zip(shown, wanted, strict=True):
        with Image.open(io.BytesIO(jpeg)) as still:
            size = still.size
            seen = np.asarray(still.convert("L"), np.float32)
        distances = [
            float(np.abs(np.asarray(each.resize(size).convert("L"), np.float32) - seen).mean())
            for each in wanted
        ]
        assert min(distances) == distances[wanted.index(frame)]
        assert min(distances) < 6


def frames_of(path: Path, numbers: Sequence[int]) -> list[Image.Image]:
    import av

    with av.open(str(path)) as container:
        return [
            Image.fromarray(frame.to_ndarray(format="rgb24"))
            for number, frame in enumerate(container.decode(video=0))
            if number in numbers
        ]
