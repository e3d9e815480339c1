"""Exports of files with several pictures and sounds: what was analysed is what is cut."""

import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import ffmpeg  # type: ignore[import-untyped]
import numpy as np
import opentimelineio as otio  # type: ignore[import-untyped]
import pytest

from app.exports.cut import Cut, make_cut
from app.exports.delivery import Delivery
from app.exports.formats import export
from app.exports.reel import render
from app.shortlists.records import Item, Shortlist
from indexer.catalogue import Catalogue
from indexer.probe import probe
from indexer.records import Metadata
from indexer.sound import with_sound
from tests.app.exports.conftest import enter
from tests.indexer.made_films import pictures, write


def tone(hertz: int) -> Any:
    return ffmpeg.input(f"sine=frequency={hertz}:sample_rate=48000:duration=2", f="lavfi")


def cut_from(catalogue: Catalogue, film: Path, **known: Any) -> Cut:
    media = with_sound(probe(film), Metadata("Film", **known))
    enter(catalogue, "film", media, 50)
    return make_cut(catalogue, Shortlist("s", "List", 1, (Item("film", 10, 40),)))


@pytest.fixture
def broadcast(tmp_path: Path) -> Path:
    """An MXF of six mono tracks, each a tone of its own."""
    tones = [tone(300 + 100 * number) for number in range(6)]
    picture = pictures(Fraction(25), 50)
    options = {"vcodec": "mpeg2video", "acodec": "pcm_s16le"}
    return write(tmp_path, "film.mxf", picture, *tones, **options)


@pytest.fixture
def dubbed(tmp_path: Path) -> Path:
    """A film of a French stereo track and an English one."""
    options = {"ac": 2, "metadata:s:a:0": "language=fre", "metadata:s:a:1": "language=eng"}
    return write(tmp_path, "film.mkv", pictures(Fraction(25), 50), tone(400), tone(900), **options)


def heard(reel: Path) -> set[int]:
    """Return the tones of a reel, in hertz, to the nearest 100."""
    with av.open(str(reel)) as container:
        samples = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)[0]
    spectrum = np.abs(np.fft.rfft(samples))
    loud = np.flatnonzero(spectrum > spectrum.max() / 4) * 48_000 / len(samples)
    return {int(round(hertz, -2)) for hertz in loud}


def test_lists_name_every_channel_of_a_broadcast_file(
    catalogue: Catalogue, broadcast: Path, tmp_path: Path
) -> None:
    cut = cut_from(catalogue, broadcast)
    assert cut.events[0].channels == (1, 2, 3, 4, 5, 6)
    for ending in ("edl", "xml", "fcpxml", "otio"):
        export(Delivery(cut), tmp_path / f"list.{ending}")
    lines = [line.split() for line in (tmp_path / "list.edl").read_text().splitlines() if line]
    event = next(at for at, line in enumerate(lines) if line[0] == "001")
    assert lines[event][2] == "AA/V"
    assert lines[event + 1] == ["AUD", "3", "4", "5", "6"]
    assert otio.adapters.read_from_file(str(tmp_path / "list.edl"), rate=25).tracks
    root = ET.parse(tmp_path / "list.xml").getroot()
    sources = root.findall(".//audio/track/clipitem/sourcetrack/trackindex")
    assert [each.text for each in sources] == ["1", "2", "3", "4", "5", "6"]
    assert [each.text for each in root.findall(".//file//channelcount")] == ["1"] * 6
    clip = next(ET.parse(tmp_path / "list.fcpxml").getroot().iter("asset-clip"))
    assert [each.get("srcCh") for each in clip] == ["1, 2, 3, 4, 5, 6"]
    sound = otio.adapters.read_from_file(str(tmp_path / "list.otio")).tracks[1][0]
    assert list(sound.metadata["reelfind"]["audio_channels"]) == [1, 2, 3, 4, 5, 6]


def test_all_tracks_of_a_broadcast_file_are_in_the_reel(
    catalogue: Catalogue, broadcast: Path, tmp_path: Path
) -> None:
    render(cut_from(catalogue, broadcast), tmp_path / "reel.mp4")
    assert heard(tmp_path / "reel.mp4") == {300, 400, 500, 600, 700, 800}


def test_lists_name_the_channels_of_the_track_in_the_titles_language(
    catalogue: Catalogue, dubbed: Path, tmp_path: Path
) -> None:
    cut = cut_from(catalogue, dubbed, language="en")
    assert cut.events[0].channels == (3, 4)
    for ending in ("edl", "xml", "mp4"):
        export(Delivery(cut), tmp_path / f"list.{ending}")
    lines = [line.split() for line in (tmp_path / "list.edl").read_text().splitlines() if line]
    event = next(at for at, line in enumerate(lines) if line[0] == "001")
    assert lines[event][2] == "V"
    assert lines[event + 1] == ["AUD", "3", "4"]
    root = ET.parse(tmp_path / "list.xml").getroot()
    sources = root.findall(".//audio/track/clipitem/sourcetrack/trackindex")
    assert [each.text for each in sources] == ["3", "4"]
    assert [each.text for each in root.findall(".//file//channelcount")] == ["2", "2"]
    assert heard(tmp_path / "list.mp4") == {900}


def test_a_second_channel_alone_has_its_letters(
    catalogue: Catalogue, broadcast: Path, tmp_path: Path
) -> None:
    export(Delivery(cut_from(catalogue, broadcast, audio_track=2)), tmp_path / "list.edl")
    lines = [line.split() for line in (tmp_path / "list.edl").read_text().splitlines() if line]
    assert next(line[2] for line in lines if line[0] == "001") == "A2/V"
    assert not any(line[0] == "AUD" for line in lines)


def test_a_reel_shows_the_picture_that_was_analysed(catalogue: Catalogue, tmp_path: Path) -> None:
    black = ffmpeg.input("color=black:size=160x90:rate=25:duration=2", f="lavfi")
    default = {"disposition:v:0": 0, "disposition:v:1": "default"}
    film = write(tmp_path, "two.mkv", black, pictures(Fraction(25), 50), **default)
    cut = cut_from(catalogue, film)
    assert (cut.width, cut.height) == (320, 180)
    render(cut, tmp_path / "reel.mp4")
    with av.open(str(tmp_path / "reel.mp4")) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert shown.mean() > 50
