"""Bid requests, VMAP and SCTE-35 of breaks, checked by what IAB and SCTE publish."""

import csv
import io
from dataclasses import replace
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from app.ads.estimates import Estimate
from app.ads.formats import BY_NAME
from app.ads.lists import BreakList
from app.ads.openrtb import OpenRtb, Roll, content_of, video_of
from app.ads.records import AdBreak
from app.ads.scte35 import splice_insert, ticks, time_signal
from app.exports.records import ExportError
from indexer.timecode import timecode
from probes.tasks import AD_RELEVANCY, GENRE, TONE, known_tasks
from tests.app.ads.drawn import draw_timeline
from tests.app.ads.published import BID_REQUEST, VMAP, check_vmap, read_cue

ESTIMATES = (
    Estimate(AD_RELEVANCY, "pets", 0.5123, "zero-shot"),
    Estimate(TONE, "calm", 0.31, "trained"),
    Estimate(GENRE, "drama", 0.4, "zero-shot"),
)
TAG = "https://ads.example.com/vast?id={break_id}&t={seconds}&name={title}&len={duration}"


def draw_break(seed: int, frame: int, roll: Roll = "mid-roll", name: str | None = None) -> AdBreak:
    manifest = draw_timeline(seed).manifest
    title, fps = manifest.title, manifest.title.media.fps
    content = content_of(manifest, ESTIMATES, known_tasks()[AD_RELEVANCY])
    seconds = float(frame / fps)
    return AdBreak(
        title=name or title.metadata.name,
        title_id=title.title_id,
        roll=roll,
        frame=frame,
        fps=f"{fps.numerator}/{fps.denominator}",
        seconds=seconds,
        timecode=timecode(frame, fps),
        transition=None,
        clip_end=True,
        clip_before=None,
        clip_after=None,
        still_before=None,
        still_after=None,
        score=0.5,
        reasons=[],
        openrtb=OpenRtb(content=content, video=video_of(title.title_id, roll, frame, seconds)),
    )


NAME = "=Don't & <\x07friends\ud800>"
BREAKS = [
    draw_break(3, 123_457, name=NAME),
    draw_break(3, 0, "pre-roll", NAME),
    draw_break(3, 200_000, "post-roll", NAME),
]


def vmap_of(breaks: list[AdBreak], tag: str | None = None) -> ElementTree.Element:
    text = BY_NAME["vmap"].content(BreakList(breaks, 90, tag))
    root = ElementTree.fromstring(text)
    check_vmap(root)
    return root


def rows_of(breaks: list[AdBreak], seconds: float = 90) -> list[dict[str, str]]:
    text = BY_NAME["scte35"].content(BreakList(breaks, seconds)).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("found", BREAKS, ids=lambda each: each.roll)
def test_a_bid_request_has_the_fields_and_types_of_openrtb(found: AdBreak) -> None:
    parts = found.openrtb.model_dump(exclude_none=True)
    request = {
        "id": "1",
        "imp": [{"id": "1", "video": {**parts["video"], "mimes": ["video/mp4"]}}],
        "site": {"content": parts["content"]},
    }
    Draft202012Validator(BID_REQUEST).validate(request)
    categories, tones, genres = parts["content"]["data"]
    assert categories["ext"] == {"segtax": 9}
    assert categories["segment"] == [
        {
            "id": "422",
            "name": "Pets",
            "value": "0.51",
            "ext": {"confidence": 0.5123, "estimate": "zero-shot"},
        }
    ]
    assert [each["segment"][0]["id"] for each in (tones, genres)] == ["calm", "drama"]
    assert "ext" not in tones, "our own tones are of no published taxonomy"
    facts: dict[str, Any] = {k: v for k, v in parts["content"].items() if k != "data"}
    assert not {"Pets", "pets", "422", "calm", "drama"} & {str(each) for each in facts.values()}


@pytest.mark.parametrize(
    ("code", "language", "langb"), [("en", "en", None), ("fil", None, "fil"), (None, None, None)]
)
def test_a_language_without_a_code_of_two_letters_is_a_tag(
    code: str | None, language: str | None, langb: str | None
) -> None:
    manifest = replace(draw_timeline(3).manifest, language=code, text_source="sidecar")
    content = content_of(manifest, [], known_tasks()[AD_RELEVANCY])
    assert (content.language, content.langb) == (language, langb)


def test_vmap_has_the_elements_and_attributes_of_its_schema() -> None:
    root = vmap_of(BREAKS, TAG)
    assert root.get("version") == "1.0.1"
    offsets = [each.get("timeOffset") for each in root]
    fps = Fraction(BREAKS[0].fps)
    assert offsets[0] == "start"
    assert offsets[2] == "end"
    hours, minutes, seconds = str(offsets[1]).split(":")
    time = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    assert time == pytest.approx(float(123_457 / fps), abs=0.0005)
    (address,) = {each.text for each in root[1].iter(f"{VMAP}AdTagURI")}
    assert address is not None
    assert f"id={BREAKS[0].openrtb.video.podid}&t={BREAKS[0].seconds:.3f}&" in address
    assert "&name=%3DDon%27t%20%26%20%3C%EF%BF%BDfriends%EF%BF%BD%3E&len=90" in address
    text = BY_NAME["vmap"].content(BreakList(BREAKS, 90, TAG)).decode()
    assert text.count("<![CDATA[https://ads.example.com/") == 3


def test_vmap_without_an_ad_server_says_when_breaks_are() -> None:
    root = vmap_of(BREAKS)
    assert [len(each) for each in root] == [0, 0, 0]
    assert len({each.get("breakId") for each in root}) == 3
    assert len(vmap_of([])) == 0


def test_vmap_is_for_one_title() -> None:
    with pytest.raises(ExportError, match="these breaks are in 2: name one title"):
        vmap_of([*BREAKS, draw_break(4, 10)])


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("https://a.example/{break}", "no place {break}; there are {break_id}"),
        ("https://a.example/{title.x}", "no place {title.x}"),
        ("https://a.example/{title!r}", "no place {title}"),
        ("https://a.example/{title", "tag_url: "),
        ("javascript:alert(1)", "begin it with https://"),
        ("https://a.example/a b", "write no spaces"),
        ("https://a.example/]]>", "not an address"),
        ("https://a.example/\ufffe", "no control characters"),
        ("https://a.example/\ud800", "no control characters"),
    ],
)
def test_what_is_wrong_with_the_ad_servers_address_is_said(tag: str, told: str) -> None:
    with pytest.raises(ExportError) as refused:
        vmap_of(BREAKS, tag)
    assert told in str(refused.value)


def test_cues_are_decoded_to_what_the_row_says() -> None:
    rows = rows_of([*BREAKS, draw_break(4, 10)], 90.5)
    assert [int(each["frame"]) for each in rows] == [0, 123_457, 200_000, 10]
    assert rows[0]["title"] == "'=Don't & <\ufffdfriends\ufffd>"
    for row in rows:
        pts = round(int(row["frame"]) / Fraction(row["fps"]) * 90_000)
        assert int(row["pts_time"]) == pts
        assert float(row["seconds"]) == pytest.approx(pts / 90_000, abs=1e-5)
        assert int(row["break_duration"]) == 8_145_000 == float(row["duration_seconds"]) * 90_000
        cue = read_cue(row["splice_insert"])
        assert cue["command"] == 5
        assert cue["splice_event_id"] == int(row["splice_event_id"])
        assert (cue["pts_time"], cue["break_duration"]) == (pts, 8_145_000)
        assert (cue["out_of_network"], cue["auto_return"], cue["immediate"]) == (1, 1, 0)
        signal = read_cue(row["time_signal"])
        assert signal["command"] == 6
        assert signal["pts_time"] == pts
        assert signal["segmentation_event_id"] == cue["splice_event_id"]
        assert signal["segmentation_duration"] == 8_145_000
        assert signal["segmentation_type_id"] == int(row["segmentation_type_id"]) == 0x34
        assert signal["upid_type"] == int(row["upid_type"]) == 0x0F
        assert signal["upid"].decode() == row["upid"] == f"reelfind:{row['break_id']}"
    assert len({each["splice_event_id"] for each in rows}) == 4


def test_the_decoder_reads_the_samples_that_scte_publishes() -> None:
    placement = read_cue(
        "/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJSAAAjn/PAAGlmbAICAAAAAAsoKGKNAIAmsnRfg=="
    )
    assert placement["segmentation_event_id"] == 0x4800008E
    assert (placement["pts_time"], placement["segmentation_duration"]) == (0x72BD0050, 0x1A599B0)
    assert (placement["segmentation_type_id"], placement["segment_num"]) == (0x34, 2)
    sample = "/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo="
    insert = read_cue(sample)
    assert insert["provider_avail_id"] == 0x135
    ours = read_cue(splice_insert(0x4800008F, insert["pts_time"], insert["break_duration"]))
    assert ours == {k: v for k, v in insert.items() if k != "provider_avail_id"}
    assert time_signal(1, 2, 3, "a:b") != time_signal(1, 2, 3, "a:c")


def test_times_begin_anew_where_33_bits_end() -> None:
    assert ticks(Fraction(2**33, 90_000)) == 0
    assert ticks(Fraction(2**33 + 90_000, 90_000)) == 90_000
