"""AAF and ALE, read back by pyaaf2 and by OTIO's adapters, frame by frame."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2  # type: ignore[import-untyped]
import opentimelineio as otio  # type: ignore[import-untyped]
import pytest
from aaf2.mxf import MXFFile  # type: ignore[import-untyped]

from app.exports.aaf import linking_words
from app.exports.cut import Cut, make_cut
from app.exports.delivery import Delivery
from app.exports.formats import BY_NAME, export
from app.exports.records import ExportError
from app.exports.sources import source_of
from app.shortlists.records import Item, Shortlist
from indexer.catalogue import Catalogue
from indexer.path_mapping import PathMapping
from tests.app.exports.conftest import SPANS, Cutting, Kind, enter, make_film
from tests.app.exports.readers import START_FRAMES, Read, clips_of, expected

RATES = ("24", "23.976", "25", "29.97 drop")
"""Those of Avid's projects that a film or a programme is cut in."""


def source_frames(clip: Any) -> tuple[int, int]:
    """The frames of a source clip, counted from timecode 0, down the chain of mobs to the tape."""
    start, length = clip.start, clip.length
    while True:
        mob = clip.mob
        tape = next((slot for slot in mob.slots if slot.media_kind == "Timecode"), None)
        if tape is not None:
            return tape.segment.start + start, tape.segment.start + start + length
        clip = mob.slot_at(clip.slot_id).segment
        start += clip.start


def tracks_of(mob: Any, kind: str) -> list[Any]:
    return [slot for slot in mob.slots if slot.media_kind.lower() == kind]


@pytest.mark.parametrize("kind", RATES)
def test_an_aaf_is_read_back_frame_by_frame(
    kind: str, written_cut_of: Cutting, tmp_path: Path
) -> None:
    cut = written_cut_of(kind)
    path = tmp_path / "list.aaf"
    export(Delivery(cut), path)
    wanted = expected(cut, kind)
    with aaf2.open(str(path)) as file:
        (mob,) = file.content.toplevel()
        (timecodes,) = tracks_of(mob, "timecode")
        assert timecodes.segment.start == cut.first_frame
        assert timecodes.segment.drop == (kind == "29.97 drop")
        assert timecodes.segment.fps == round(cut.fps)
        for media_kind in ("picture", "sound"):
            (track,) = tracks_of(mob, media_kind)
            assert Fraction(track.edit_rate) == cut.fps
            clips = list(track.segment.components)
            assert [source_frames(clip) for clip in clips] == [(e.start, e.end) for e in wanted]
            assert track.segment.length == cut.frames
        (markers,) = tracks_of(mob, "descriptivemetadata")
        assert [
            (each["Position"].value, each["Comment"].value) for each in markers.segment.components
        ] == [(event.record_start, event.note) for event in cut.events]
        tapes = [each for each in file.content.sourcemobs() if "Tape" in str(each.descriptor)]
        assert [tape.name for tape in tapes] == list(Delivery(cut).reels.values())
        assert all(
            tape.slots[-1].segment.drop == (kind == "29.97 drop")
            for tape in file.content.sourcemobs()
            if tape.slots[-1].media_kind == "Timecode"
        )
    _check_by_otio(cut, path, wanted)


def _check_by_otio(cut: Cut, path: Path, wanted: list[Read]) -> None:
    """Compare with what OTIO's adapter reads: another program over the same library."""
    timeline = otio.adapters.read_from_file(str(path))
    read = clips_of(timeline, cut.fps)
    assert [replace(each, path=None) for each in read] == [
        replace(each, path=None) for each in wanted
    ]
    clips = next(track for track in timeline.tracks if track.kind == "Video").find_clips()
    notes = [marker.name for clip in clips for marker in clip.markers]
    assert notes == [event.note for event in cut.events]


@pytest.mark.parametrize("kind", RATES)
def test_a_log_is_read_back_frame_by_frame(
    kind: str, written_cut_of: Cutting, tmp_path: Path
) -> None:
    cut = written_cut_of(kind)
    export(Delivery(cut), tmp_path / "list.ale")
    clips = otio.adapters.read_from_file(str(tmp_path / "list.ale"))
    first = START_FRAMES[kind]
    ranges = [clip.source_range for clip in clips]
    assert [(span.start_time.value, span.end_time_exclusive().value) for span in ranges] == [
        (first + start, first + end) for start, end in SPANS
    ]
    rows = [clip.metadata["ALE"] for clip in clips]
    assert [row["Comments"] for row in rows] == [event.note for event in cut.events]
    assert {row["Tape"] for row in rows} == set(Delivery(cut).reels.values())
    header = clips.metadata["ALE"]["header"]
    assert float(header["FPS"]) == pytest.approx(float(cut.fps), abs=5e-4)


@pytest.fixture
def wrapped(catalogue: Catalogue, tmp_path: Path) -> Cut:
    """A cut of an MXF file of a known reel, with two channels of sound."""
    kind = Kind(Fraction(30_000, 1001), "00:59:58;00")
    options = {"vcodec": "mpeg2video", "acodec": "pcm_s16le", "metadata": "reel_name=A001C002"}
    media = make_film(tmp_path / "A001.mxf", kind, frames=30, options=options)
    enter(catalogue, "mxf", media, 30)
    items = (Item("mxf", 5, 20, "a note"), Item("mxf", 0, 30))
    return make_cut(catalogue, Shortlist("s1", "Cards", 1, items))


def test_the_mobs_of_an_mxf_file_keep_its_ids(wrapped: Cut, tmp_path: Path) -> None:
    """As pyaaf2's own reader of MXF finds them, so that Avid finds the media by them."""
    delivery = Delivery(wrapped, PathMapping.parse([f"{tmp_path}=D:\\films"]))
    export(delivery, tmp_path / "list.aaf")
    mxf = MXFFile(str(wrapped.events[0].media.path))
    ids = {type(each).__name__: each.mob_id for each in mxf.packages()}
    with aaf2.open(str(tmp_path / "list.aaf")) as file:
        (master,) = file.content.mastermobs()
        assert master.mob_id == ids["MXFMaterialPackage"]
        (composition,) = file.content.toplevel()
        (track,) = tracks_of(composition, "picture")
        clips = list(track.segment.components)
        assert [clip.mob_id for clip in clips] == [master.mob_id] * 2
        source = clips[0].mob.slot_at(clips[0].slot_id).segment.mob
        assert source.mob_id in [each.mob_id for each in mxf.packages()]
        assert source.mob_id != master.mob_id
        (locator,) = source.descriptor["Locator"].value
        assert locator["URLString"].value == "file:///D:/films/A001.mxf"
        assert source_frames(clips[0]) == (107_892 - 60 + 5, 107_892 - 60 + 20)
        tape = source.slots[0].segment.mob
        assert tape.name == "A001C002"
    assert linking_words(delivery) == "Avid finds the media by the MobIDs of the MXF files."
    assert "  A001C002 " in BY_NAME["edl"].content(delivery).decode()
    packages = source_of(wrapped.events[0].media).packages
    assert packages is not None
    assert packages.material.hex() in BY_NAME["ale"].content(delivery).decode()


def test_it_is_told_how_avid_finds_the_media(wrapped: Cut, written_cut_of: Cutting) -> None:
    plain = written_cut_of("29.97 drop")
    assert "by tape name and timecode: these files have no MobIDs" in linking_words(Delivery(plain))
    both = Cut("Both", plain.fps, "01:00:00;00", 320, 180, (*plain.events, *wrapped.events))
    assert linking_words(Delivery(both)).startswith("Avid finds 1 of 2 files by their MobIDs")


@pytest.mark.parametrize("form", ["aaf", "ale"])
def test_two_rates_are_refused(form: str, written_cut_of: Cutting) -> None:
    cut = written_cut_of("23.976", "25", spans=[(0, 48), (10, 35)])
    with pytest.raises(ExportError, match=r"counts at one frame rate, here 23\.976.* at 25"):
        BY_NAME[form].check(Delivery(cut))


def test_silent_titles_leave_the_sound_empty(
    catalogue: Catalogue, written_cut_of: Cutting, tmp_path: Path
) -> None:
    mono = written_cut_of("25").events[0].media
    for name, channels in (("silent", 0), ("mono", 1), ("stereo", 2)):
        tracks = tuple(replace(track, channels=channels) for track in mono.audio_tracks if channels)
        enter(catalogue, name, replace(mono, audio_tracks=tracks))
    items = (Item("silent", 0, 5), Item("mono", 0, 5), Item("stereo", 2, 9))
    cut = make_cut(catalogue, Shortlist("s", "Heard", 1, items))
    export(Delivery(cut), tmp_path / "list.aaf")
    with aaf2.open(str(tmp_path / "list.aaf")) as file:
        (mob,) = file.content.toplevel()
        sounds = [
            [type(part).__name__ for part in track.segment.components]
            for track in tracks_of(mob, "sound")
        ]
        assert sounds == [
            ["Filler", "SourceClip", "SourceClip"],
            ["Filler", "Filler", "SourceClip"],
        ]
