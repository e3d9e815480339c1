"""OpenTimelineIO: each clip at its own title's rate, with nothing rounded.

A picture track and, where a title has sound, a sound track. Source ranges count from the
title's start timecode. What OTIO has no field for lies under ``reelfind`` in the metadata.
"""

from fractions import Fraction

import opentimelineio as otio  # type: ignore[import-untyped]

from app.exports.cut import Cut, Event, file_url
from indexer.characters import clean


def otio_text(cut: Cut) -> str:
    """Return the timeline as OTIO's JSON."""
    timeline = otio.schema.Timeline(
        clean(cut.name), global_start_time=_time(cut.first_frame, cut.fps)
    )
    timeline.metadata["reelfind"] = {
        "fps": _ratio(cut.fps),
        "start_timecode": cut.start_timecode,
    }
    timeline.tracks.append(_track("V1", otio.schema.TrackKind.Video, cut))
    if cut.channels:
        timeline.tracks.append(_track("A1", otio.schema.TrackKind.Audio, cut))
    return f"{timeline.to_json_string(indent=2)}\n"


def _track(name: str, kind: str, cut: Cut) -> otio.schema.Track:
    track = otio.schema.Track(name, kind=kind)
    for event in cut.events:
        silent = kind == otio.schema.TrackKind.Audio and not event.channels
        track.append(_gap(event) if silent else _clip(event))
    return track


def _clip(event: Event) -> otio.schema.Clip:
    fps, first = event.media.fps, event.first_frame
    reference = otio.schema.ExternalReference(
        file_url(event.media.path), _range(first, event.frame_count, fps)
    )
    clip = otio.schema.Clip(
        clean(event.name), reference, _range(first + event.start, event.end - event.start, fps)
    )
    clip.metadata["reelfind"] = {
        "title_id": event.title_id,
        "fps": _ratio(fps),
        "start_frame": event.start,
        "end_frame": event.end,
        "timecode_in": event.timecode_in,
        "timecode_out": event.timecode_out,
        "audio_channels": list(event.channels),
        "note": clean(event.note),
    }
    return clip


def _gap(event: Event) -> otio.schema.Gap:
    length = _range(0, event.end - event.start, event.media.fps)
    return otio.schema.Gap(source_range=length)


def _range(start: int, frames: int, fps: Fraction) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start, fps), _time(frames, fps))


def _time(frames: int, fps: Fraction) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, float(fps))


def _ratio(fps: Fraction) -> str:
    return f"{fps.numerator}/{fps.denominator}"
