"""Each list read back by a reader that is not ours, and compared frame by frame."""

import csv
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio  # type: ignore[import-untyped]
import pytest

from app.exports.cut import make_cut
from app.exports.delivery import Delivery
from app.exports.formats import export, suffix_of
from app.exports.records import ExportError
from app.exports.sources import reel_names
from app.shortlists.records import Item, Shortlist
from indexer.catalogue import Catalogue
from tests.app.exports.conftest import FRAMES, KINDS, SPANS, Cutting, Filmed, enter, make_film
from tests.app.exports.readers import expected, read_fcpxml, read_otio, whole

HOUR = {
    "24": 86_400,
    "23.976": 86_400,
    "25": 90_000,
    "29.97 drop": 107_892,
    "29.97": 108_000,
    "variable": 90_000,
}


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("ending", ["otio", "xml", "fcpxml"])
def test_a_timeline_is_read_back_frame_by_frame(
    kind: str, ending: str, cut_of: Cutting, tmp_path: Path
) -> None:
    cut = cut_of(kind)
    path = tmp_path / f"list.{ending}"
    export(Delivery(cut), path)
    if ending == "fcpxml":
        assert read_fcpxml(path) == expected(cut, kind)
        return
    assert read_otio(path, cut.fps) == expected(cut, kind)
    assert read_otio(path, cut.fps, "Audio") == expected(cut, kind)
    timeline = otio.adapters.read_from_file(str(path))
    if isinstance(timeline, otio.schema.SerializableCollection):
        timeline = timeline[0]
    assert timeline.name == "My trailer"
    assert whole(timeline.global_start_time, cut.fps) == HOUR[kind]


@pytest.mark.parametrize("kind", ["25", "variable"])
def test_fcpxml_is_read_by_otio_where_its_adapter_can(
    kind: str, cut_of: Cutting, tmp_path: Path
) -> None:
    """At whole rates and seconds: it takes 23.976 for 23, and 29 frames of 25 for 28 (by floats).

    It knows no start timecode of a sequence, and sees an hour of nothing before the first clip.
    """
    spans = [(0, 25), (50, 75), (25, 125)]
    cut = cut_of(kind, spans=spans)
    export(Delivery(cut), tmp_path / "list.fcpxml")
    hour = HOUR[kind]
    assert read_otio(tmp_path / "list.fcpxml", cut.fps) == [
        replace(read, record_start=hour + read.record_start, record_end=hour + read.record_end)
        for read in expected(cut, kind, spans)
    ]


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_edl_is_read_back_frame_by_frame(kind: str, cut_of: Cutting, tmp_path: Path) -> None:
    cut = cut_of(kind)
    export(Delivery(cut), tmp_path / "list.edl")
    read = read_otio(tmp_path / "list.edl", cut.fps, rate=float(cut.fps))
    assert [(r.start, r.end, r.record_start, r.record_end) for r in read] == [
        (r.start, r.end, r.record_start, r.record_end) for r in expected(cut, kind)
    ]
    text = (tmp_path / "list.edl").read_bytes().decode()
    assert ("FCM: DROP FRAME" in text) == (kind == "29.97 drop")
    assert str(cut.events[0].media.path) in text
    assert "* COMMENT: note 0 <&>\r\n" in text
    name = cut.events[0].media.path.name
    assert f"* FROM CLIP NAME:  {name}\r\n* SOURCE FILE: {name}\r\n" in text


def test_drop_frame_skips_numbers_and_not_frames(
    catalogue: Catalogue, film: Filmed, tmp_path: Path
) -> None:
    """By the rule of SMPTE ST 12-1: after 00:59:59;29 comes 01:00:00;00, a tenth minute."""
    enter(catalogue, "drop", film("29.97 drop"))
    items = (Item("drop", 59, 61), Item("drop", 0, 90))
    export(Delivery(make_cut(catalogue, Shortlist("s", "Drop", 1, items))), tmp_path / "list.edl")
    first, second = [
        line.split()[-4:]
        for line in (tmp_path / "list.edl").read_text().splitlines()
        if line[:3].isdigit()
    ]
    assert first == ["00:59:59;29", "01:00:00;01", "01:00:00;00", "01:00:00;02"]
    assert second[:2] == ["00:59:58;00", "01:00:01;00"]


def test_a_table_holds_every_number(cut_of: Cutting, tmp_path: Path) -> None:
    cut = cut_of("23.976")
    export(Delivery(cut), tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(int(row["start_frame"]), int(row["end_frame"])) for row in rows] == list(SPANS)
    assert {row["fps"] for row in rows} == {"24000/1001"}
    assert rows[1]["timecode_in"] == "01:00:01:13"
    assert rows[1]["record_in"] == "01:00:00:07"
    assert float(rows[1]["seconds"]) == pytest.approx(1001 / 24000, abs=1e-6)
    assert rows[2]["note"] == "note 2 <&>"


def test_titles_of_other_rates_keep_their_speed(cut_of: Cutting, tmp_path: Path) -> None:
    """25 frames of 25 last a second: 24 frames of a sequence at 23.976, rounded."""
    cut = cut_of("23.976", "25", spans=[(0, 48), (10, 35), (60, 100)])
    assert cut.fps == Fraction(24000, 1001)
    assert [(e.record_start, e.record_end) for e in cut.events] == [(0, 48), (48, 72), (72, 112)]
    export(Delivery(cut), tmp_path / "list.xml")
    root = ET.parse(tmp_path / "list.xml").getroot()
    clip = root.findall(".//video/track/clipitem")[1]
    places = [int(clip.findtext(name) or -1) for name in ("start", "end", "in", "out")]
    assert places == [48, 72, 10, 35]
    assert [clip.findtext("rate/timebase"), clip.findtext("rate/ntsc")] == ["25", "FALSE"]
    export(Delivery(cut), tmp_path / "list.otio")
    timeline = otio.adapters.read_from_file(str(tmp_path / "list.otio"))
    other = timeline.tracks[0][1].source_range
    assert (other.start_time.value, other.start_time.rate) == (36_000 * 25 + 10, 25)
    assert other.duration.value == 25
    export(Delivery(cut), tmp_path / "list.fcpxml")
    clips = list(ET.parse(tmp_path / "list.fcpxml").getroot().iter("asset-clip"))
    conform = clips[1].find("conform-rate")
    assert conform is not None
    assert conform.attrib == {"scaleEnabled": "0", "srcFrameRate": "25"}
    assert clips[0].find("conform-rate") is None


def test_an_edl_of_two_rates_is_refused(cut_of: Cutting, tmp_path: Path) -> None:
    cut = cut_of("23.976", "25", spans=[(0, 48), (10, 35)])
    with pytest.raises(ExportError, match=r"one frame rate, here 23\.976.* at 25; export OTIO"):
        export(Delivery(cut), tmp_path / "list.edl")
    assert not (tmp_path / "list.edl").exists()


def test_each_title_has_a_reel_of_its_own(catalogue: Catalogue, film: Filmed) -> None:
    enter(catalogue, "one", film("25"))
    enter(catalogue, "other", film("variable"))
    items = (Item("one", 0, 5), Item("other", 0, 5), Item("one", 5, 9))
    cut = make_cut(catalogue, Shortlist("s", "Reels", 1, items))
    reels = reel_names(cut.events)
    assert reels == {"one": "a_film___25_e", "other": "a_film___variable_e"}
    same = [cut.events[0], replace(cut.events[0], title_id="third")]
    assert reel_names(same) == {"one": "a_film___25_e", "third": "a_film___25_e_2"}


def test_each_channel_has_its_track(catalogue: Catalogue, film: Filmed, tmp_path: Path) -> None:
    enter(catalogue, "mono", film("25"))
    for name, channels in (("silent", 0), ("stereo", 2)):
        enter(
            catalogue,
            name,
            make_film(tmp_path / f"{name}.mp4", KINDS["25"], frames=10, channels=channels),
            10,
        )
    items = (Item("silent", 0, 5), Item("mono", 0, 5), Item("stereo", 0, 5), Item("stereo", 5, 9))
    cut = make_cut(catalogue, Shortlist("s", "Heard", 1, items))
    for ending in ("edl", "xml", "otio", "fcpxml"):
        export(Delivery(cut), tmp_path / f"list.{ending}")
    lines = [line.split() for line in (tmp_path / "list.edl").read_text().splitlines()]
    assert [line[2] for line in lines if line and line[0].isdigit()] == ["V", "B", "AA/V", "AA/V"]
    timeline = otio.adapters.read_from_file(str(tmp_path / "list.xml"))
    names = [[clip.name for clip in track.find_clips()] for track in timeline.tracks]
    assert names == [
        ["Silent", cut.events[1].name, "Stereo", "Stereo"],
        [cut.events[1].name, "Stereo", "Stereo"],
        ["Stereo", "Stereo"],
    ]
    first = timeline.tracks[2].find_clips()[0]
    assert whole(first.range_in_parent().start_time, cut.fps) == 10
    root = ET.parse(tmp_path / "list.xml").getroot()
    places = {
        clip.get("id"): (track_number, clip_number)
        for track_number, track in enumerate(root.findall(".//track"))
        for clip_number, clip in enumerate(track.findall("clipitem"), start=1)
    }
    links = root.findall(".//clipitem/link")
    assert len(links) == 2 * 2 + 2 * 3 * 3
    for link in links:
        track = int(link.findtext("trackindex") or 0)
        track *= link.findtext("mediatype") == "audio"
        place = (track, int(link.findtext("clipindex") or 0))
        assert places[link.findtext("linkclipref")] == place
    sound = otio.adapters.read_from_file(str(tmp_path / "list.otio")).tracks[1]
    assert [type(each).__name__ for each in sound] == ["Gap", "Clip", "Clip", "Clip"]
    assets = ET.parse(tmp_path / "list.fcpxml").getroot().iter("asset")
    assert [asset.get("audioChannels") for asset in assets] == [None, "1", "2"]


def test_what_cannot_be_cut_is_told(catalogue: Catalogue, film: Filmed, tmp_path: Path) -> None:
    enter(catalogue, "film", film("25"))
    for items, told in (
        ((), "has no items to export"),
        ((Item("film", 0, 5), Item("away", 0, 5)), "item 2: its title away is no longer in"),
        ((Item("film", 0, FRAMES + 1),), "item 1: ends at frame 131 of .* which has 130"),
    ):
        with pytest.raises(ExportError, match=told):
            make_cut(catalogue, Shortlist("s", "Bad", 1, items))
    with pytest.raises(ExportError, match=r"its ending names no format; use one of \.aaf, \.xml"):
        suffix_of(tmp_path / "list.doc")
    cut = make_cut(catalogue, Shortlist("s", "Good", 1, (Item("film", 0, 5),)))
    with pytest.raises(ExportError, match="cannot be written"):
        export(Delivery(cut), tmp_path / "no such folder" / "list.otio")
