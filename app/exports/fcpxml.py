"""FCPXML 1.8: Final Cut Pro (10.4 and later) and DaVinci Resolve.

Every time is a rational number of seconds. Written here and not by OTIO's adapter, which
counts 23.976 as 23 frames a second when it reads and knows no start timecode when it writes.
A clip's ``start`` counts from ``00:00:00:00`` of its title's timecode, as its asset's does, and so
does the marker at its first frame, which has its note.
"""

from fractions import Fraction
from xml.etree.ElementTree import Element

from app.exports.cut import Event
from app.exports.delivery import Delivery
from app.exports.xml import child, document

_CONFORM_RATES = {
    **{Fraction(n): str(n) for n in (24, 25, 30, 48, 50, 60)},
    Fraction(24000, 1001): "23.98",
    Fraction(30000, 1001): "29.97",
    Fraction(48000, 1001): "47.95",
    Fraction(60000, 1001): "59.94",
}
"""The source rates that the format has a name for."""


def fcpxml_text(delivery: Delivery) -> str:
    """Return the project as FCPXML."""
    cut = delivery.cut
    root = Element("fcpxml", version="1.8")
    resources = child(root, "resources")
    sequence_format = _format(resources, "r1", cut.fps, cut.width, cut.height)
    assets = _assets(resources, delivery)
    event = child(child(root, "library"), "event", name=cut.name)
    project = child(event, "project", name=cut.name)
    sequence = child(
        project,
        "sequence",
        format=sequence_format,
        duration=_seconds(cut.frames, cut.fps),
        tcStart=_seconds(cut.first_frame, cut.fps),
        tcFormat=_counting(cut.drop_frame),
        audioLayout="stereo",
        audioRate="48k",
    )
    spine = child(sequence, "spine")
    for each in cut.events:
        _clip(spine, delivery, each, assets[each.title_id])
    return document(root, "fcpxml")


def _assets(resources: Element, delivery: Delivery) -> dict[str, tuple[str, str]]:
    """Add each title's format and asset; return their ids, the asset's first, by title id."""
    found: dict[str, tuple[str, str]] = {}
    for event in delivery.cut.events:
        if event.title_id in found:
            continue
        number, media = 2 * len(found) + 2, event.media
        own = _format(resources, f"r{number}", media.fps, media.width, media.height)
        tracks = media.audio_tracks
        sound = {
            "hasAudio": 1,
            "audioSources": len(tracks),
            "audioChannels": max((track.channels for track in tracks), default=0),
        }
        asset = child(
            resources,
            "asset",
            id=f"r{number + 1}",
            name=event.name,
            src=delivery.url(event),
            start=_seconds(event.first_frame, media.fps),
            duration=_seconds(event.frame_count, media.fps),
            hasVideo=1,
            format=own,
            **(sound if tracks else {}),
        )
        found[event.title_id] = (asset.attrib["id"], own)
    return found


def _clip(spine: Element, delivery: Delivery, event: Event, asset: tuple[str, str]) -> None:
    cut, fps, note = delivery.cut, event.media.fps, delivery.note(event)
    clip = child(
        spine,
        "asset-clip",
        ref=asset[0],
        format=asset[1],
        name=event.name,
        offset=_seconds(cut.first_frame + event.record_start, cut.fps),
        start=_seconds(event.first_frame + event.start, fps),
        duration=_seconds(event.record_end - event.record_start, cut.fps),
        tcFormat=_counting(";" in (event.media.start_timecode or "")),
    )
    if note:
        child(clip, "note", note)
    if fps != cut.fps:
        # Unscaled: the clip plays at its own speed and its frames are picked by time.
        child(clip, "conform-rate", scaleEnabled=0, srcFrameRate=_CONFORM_RATES.get(fps))
    if note:
        # In this order: the format's definition has markers after the note and the rate.
        at = _seconds(event.first_frame + event.start, fps)
        child(clip, "marker", start=at, duration=_seconds(1, fps), value=note)
    if len(event.media.audio_tracks) > 1:
        # Of a file with one track, all its channels are meant.
        child(clip, "audio-channel-source", srcCh=", ".join(map(str, event.channels)))


def _format(resources: Element, identity: str, fps: Fraction, width: int, height: int) -> str:
    duration = _seconds(1, fps)
    child(resources, "format", id=identity, frameDuration=duration, width=width, height=height)
    return identity


def _seconds(frames: int, fps: Fraction) -> str:
    """Return frames as the format's seconds: over the rate's own numerator, so none is lost."""
    return f"{frames * fps.denominator}/{fps.numerator}s" if frames else "0s"


def _counting(drop: bool) -> str:
    return "DF" if drop else "NDF"
