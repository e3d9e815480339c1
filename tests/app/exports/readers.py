"""Readers of exported lists that are not ours, and what they should find."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import opentimelineio as otio  # type: ignore[import-untyped]
import pytest

from app.exports.cut import Cut
from tests.app.exports.conftest import SPANS

START_FRAMES = {
    "24": 3600 * 24,
    "23.976": 3600 * 24,
    "25": 36_000 * 25,
    # An hour of drop-frame is 107,892 frames, and none is dropped in its last two seconds.
    "29.97 drop": 107_892 - 60,
    "29.97": 3598 * 30,
    "variable": 0,
}


@dataclass(frozen=True)
class Read:
    """A clip as a reader saw it: source frames from timecode 0, record frames from 0."""

    path: Path | None
    start: int
    end: int
    record_start: int
    record_end: int


def expected(cut: Cut, kind: str, spans: Sequence[tuple[int, int]] = SPANS) -> list[Read]:
    read, record = [], 0
    for event, (start, end) in zip(cut.events, spans, strict=True):
        first = START_FRAMES[kind]
        length = end - start
        read.append(Read(event.media.path, first + start, first + end, record, record + length))
        record += length
    return read


def whole(time: Any, fps: Fraction) -> int:
    """A time's frames, which must be whole and at this rate."""
    frames = float(time.rescaled_to(float(fps)).value)
    assert abs(frames - round(frames)) < 1e-3
    assert time.rate == pytest.approx(float(fps), abs=1e-3)
    return round(frames)


def read_otio(path: Path, fps: Fraction, kind: str = "Video", **options: Any) -> list[Read]:
    """What OTIO's adapter for this file's ending says of its one picture track."""
    timeline = otio.adapters.read_from_file(str(path), **options)
    if isinstance(timeline, otio.schema.SerializableCollection):
        timeline = timeline[0]
    return clips_of(timeline, fps, kind)


def clips_of(timeline: Any, fps: Fraction, kind: str = "Video") -> list[Read]:
    """The clips of a timeline's one track of a kind."""
    track = next(track for track in timeline.tracks if track.kind == kind)
    found = []
    for clip in track.find_clips():
        source, record = clip.source_range, clip.range_in_parent()
        url = getattr(clip.media_reference, "target_url", None)
        found.append(
            Read(
                Path(unquote(urlparse(url).path)) if url else None,
                whole(source.start_time, fps),
                whole(source.end_time_exclusive(), fps),
                whole(record.start_time, fps),
                whole(record.end_time_exclusive(), fps),
            )
        )
    return found


def read_fcpxml(path: Path) -> list[Read]:
    """By the format's own definition: every time is a rational number of seconds."""

    def seconds(text: str) -> Fraction:
        return Fraction(text.removesuffix("s"))

    root = ET.parse(path).getroot()
    formats = {each.get("id"): each for each in root.iter("format")}
    assets = {each.get("id"): each for each in root.iter("asset")}
    (sequence,) = root.iter("sequence")

    def frame_of(identity: str | None) -> Fraction:
        return seconds(formats[identity].attrib["frameDuration"])

    def frames(element: ET.Element, name: str, frame: Fraction) -> int:
        count = seconds(element.attrib[name]) / frame
        assert count.denominator == 1, (name, count)
        return int(count)

    frame = frame_of(sequence.get("format"))
    first = frames(sequence, "tcStart", frame)
    found = []
    for clip in sequence.iter("asset-clip"):
        asset = assets[clip.get("ref")]
        own = frame_of(asset.get("format"))
        start = frames(clip, "start", own)
        offset, length = frames(clip, "offset", frame), frames(clip, "duration", frame)
        assert frames(asset, "start", own) <= start
        found.append(
            Read(
                Path(unquote(urlparse(asset.attrib["src"]).path)),
                start,
                start + length,
                offset - first,
                offset - first + length,
            )
        )
    assert found[-1].record_end == frames(sequence, "duration", frame)
    return found
