"""OpenTimelineIO: each clip at its own title's rate, with nothing rounded.

A picture track and, where a title has sound, a sound track. Source ranges count from the
title's start timecode. A note is a marker at the clip's first frame. What OTIO has no field for
lies under ``reelfind`` in the metadata.
"""

from fractions import Fraction

import opentimelineio as otio  # type: ignore[import-untyped]

from app.exports.cut import Event
from app.exports.delivery import Delivery
from indexer.characters import clean


def otio_text(delivery: Delivery) -> str:
    """Return the timeline as OTIO's JSON."""
    cut = delivery.cut
    timeline = otio.schema.Timeline(
        clean(cut.name), global_start_time=_time(cut.first_frame, cut.fps)
    )
    timeline.metadata["reelfind"] = {
        "fps": _ratio(cut.fps),
        "start_timecode": cut.start_timecode,
    }
    timeline.tracks.append(_track("V1", otio.schema.TrackKind.Video, delivery))
    if cut.channels:
        timeline.tracks.append(_track("A1", otio.schema.TrackKind.Audio, delivery))
    return f"{timeline.to_json_string(indent=2)}\n"


def _track(name: str, kind: str, delivery: Delivery) -> otio.schema.Track:
    track = otio.schema.Track(name, kind=kind)
    heard = kind == otio.schema.TrackKind.Audio
    for event in delivery.cut.events:
        clip = _gap(event) if heard and not event.channels else _clip(delivery, event)
        if not heard and delivery.note(event):
            clip.markers.append(_marker(delivery, event))
        track.append(clip)
    return track


def _clip(delivery: Delivery, event: Event) -> otio.schema.Clip:
    fps, first = event.media.fps, event.first_frame
    reference = otio.schema.ExternalReference(
        delivery.url(event), _range(first, event.frame_count, fps)
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
        "note": clean(delivery.note(event)),
    }
    return clip


def _marker(delivery: Delivery, event: Event) -> otio.schema.Marker:
    note = clean(delivery.note(event))
    first = _range(event.first_frame + event.start, 1, event.media.fps)
    return otio.schema.Marker(
        note.partition("\n")[0], first, otio.schema.MarkerColor.GREEN, comment=note
    )


def _gap(event: Event) -> otio.schema.Gap:
    length = _range(0, event.end - event.start, event.media.fps)
    return otio.schema.Gap(source_range=length)


def _range(start: int, frames: int, fps: Fraction) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start, fps), _time(frames, fps))


def _time(frames: int, fps: Fraction) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, float(fps))


def _ratio(fps: Fraction) -> str:
    return f"{fps.numerator}/{fps.denominator}"
