"""AAF: Avid Media Composer, and whatever else opens it, as Resolve and Premiere Pro do.

Written by pyaaf2 and not by OTIO's adapter, which takes every rate of 1000/1001 for drop-frame and
has no drop-frame sequences. The chain is Avid's: the composition's source clips name a master mob,
its tracks name the file, and the file's tracks name the tape, whose timecode counts from
``00:00:00:00``. The mobs of an MXF file have the file's own UMIDs, so that Avid finds the media by
them; others are found by the tape's name and the timecode.
"""

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2  # type: ignore[import-untyped]
from aaf2.auid import AUID  # type: ignore[import-untyped]
from aaf2.mobid import MobID  # type: ignore[import-untyped]

from app.exports.cut import Cut, Event
from app.exports.delivery import Delivery
from app.exports.one_rate import check_one_rate
from app.exports.sources import Packages, source_of
from indexer.characters import clean, one_line
from indexer.records import Media
from indexer.timecode import nominal_rate

_SAMPLE_RATE = 48_000
_GREEN = {"red": 13_107, "green": 52_428, "blue": 13_107}
_TRACKS = 101
"""The first slot of the composition's tracks: OTIO's reader takes a mob's slot of the same number
for the one that a marker belongs to."""
_MARKERS = 1000
"""Avid numbers the slots of markers from here."""


def check(delivery: Delivery) -> None:
    """Check that an AAF can hold the cut.

    Raises:
        ExportError: titles of several rates, or a rate that timecode cannot count.
    """
    check_one_rate(delivery.cut, "an AAF")


def aaf_bytes(delivery: Delivery) -> bytes:
    """Return the file.

    Raises:
        ExportError: as ``check``.
    """
    check(delivery)
    with tempfile.TemporaryDirectory(prefix="reelfind-") as made:
        path = Path(made, "list.aaf")
        with aaf2.open(str(path), "w") as file:
            _composition(file, delivery)
        return path.read_bytes()


def linking_words(delivery: Delivery) -> str:
    """Return how Avid will find the media of a cut, for people."""
    events = {event.title_id: event for event in delivery.cut.events}.values()
    by_id = sum(source_of(event.media).packages is not None for event in events)
    if by_id == len(events):
        return "Avid finds the media by the MobIDs of the MXF files."
    by_tape = "by tape name and timecode"
    if by_id == 0:
        return f"Avid finds the media {by_tape}: these files have no MobIDs."
    return f"Avid finds {by_id} of {len(events)} files by their MobIDs, the others {by_tape}."


@dataclass(frozen=True)
class _Master:
    """A master mob: its slots of picture and, for each channel that is heard, of sound."""

    mob: Any
    picture: int
    sounds: tuple[int, ...]


def _composition(file: Any, delivery: Delivery) -> None:
    cut = delivery.cut
    mob = file.create.CompositionMob(clean(cut.name))
    mob.usage = "Usage_TopLevel"
    file.content.mobs.append(mob)
    timecode = _slot(mob, 1, cut.fps, "TC1", 1)
    timecode.segment = _timecode(file, cut.fps, cut.drop_frame, cut.first_frame, cut.frames)
    masters: dict[str, _Master] = {}
    for event in cut.events:
        if event.title_id not in masters:
            masters[event.title_id] = _master(file, delivery, event)
    picture = _track(file, mob, cut, "picture", 0, masters)
    for number in range(max(len(master.sounds) for master in masters.values())):
        _track(file, mob, cut, "sound", number, masters)
    _add_markers(file, mob, picture, delivery)


def _track(
    file: Any, mob: Any, cut: Cut, kind: str, number: int, masters: dict[str, _Master]
) -> Any:
    """Add a track of the composition; sounds are counted from 0. Return its slot."""
    place = _TRACKS + number + (kind == "sound")
    slot = _slot(mob, place, cut.fps, f"{'A' if kind == 'sound' else 'V'}{number + 1}", number + 1)
    sequence = file.create.Sequence(media_kind=kind)
    sequence.components.value = []
    for event in cut.events:
        master, length = masters[event.title_id], event.record_end - event.record_start
        sources = master.sounds if kind == "sound" else (master.picture,)
        if number < len(sources):
            clip = master.mob.create_source_clip(sources[number], event.start, length, kind)
        else:
            clip = file.create.Filler(kind, length)
        sequence.components.append(clip)
    sequence.length = cut.frames
    slot.segment = sequence
    return slot


def _master(file: Any, delivery: Delivery, event: Event) -> _Master:
    """Add the master mob of an event's title, with the mobs of its file and its tape."""
    packages = source_of(event.media).packages
    sounds = _sound_slots(event, packages)
    slots = {packages.picture if packages else 1: "picture", **dict.fromkeys(sounds, "sound")}
    tape = _tape_mob(file, delivery, event, slots)
    source = file.create.SourceMob(clean(delivery.path(event).name))
    source.descriptor = _descriptor(file, delivery, event)
    mob = file.create.MasterMob(clean(event.name))
    if packages is not None:
        source.mob_id, mob.mob_id = mob_id(packages.file), mob_id(packages.material)
    file.content.mobs.extend([source, mob])
    for place, (number, kind) in enumerate(slots.items()):
        name = f"{'V' if kind == 'picture' else 'A'}{max(1, place)}"
        for owner, below, first in ((source, tape, event.first_frame), (mob, source, 0)):
            slot = _slot(owner, number, event.media.fps, name, max(1, place))
            slot.segment = below.create_source_clip(number, first, event.frame_count, kind)
    return _Master(mob, next(iter(slots)), sounds)


def _sound_slots(event: Event, packages: Packages | None) -> tuple[int, ...]:
    """Return the ids of the slots of the sound that is heard.

    Those of an MXF file are its own tracks; otherwise there is one for each channel.
    """
    if packages is None:
        return tuple(range(2, 2 + len(event.channels)))
    return tuple(
        packages.sounds[track.index]
        for track in event.media.heard
        if track.index in packages.sounds
    )


def _tape_mob(file: Any, delivery: Delivery, event: Event, slots: dict[int, str]) -> Any:
    media = event.media
    drop = ";" in (media.start_timecode or "")
    tape = file.create.SourceMob(one_line(delivery.reels[event.title_id]))
    tape.descriptor = file.create.TapeDescriptor()
    file.content.mobs.append(tape)
    length = event.first_frame + event.frame_count
    for number, kind in slots.items():
        clip = file.create.SourceClip(media_kind=kind, length=length)
        _slot(tape, number, media.fps, "", 1).segment = clip
    timecode = _slot(tape, max(slots) + 1, media.fps, "TC1", 1)
    timecode.segment = _timecode(file, media.fps, drop, 0, length)
    return tape


def _descriptor(file: Any, delivery: Delivery, event: Event) -> Any:
    picture = _picture_descriptor(file, event.media, event.frame_count)
    sounds = [
        _sound_descriptor(file, track.channels, Fraction(event.frame_count) / event.media.fps)
        for track in event.media.heard
    ]
    descriptor = picture
    if sounds:
        descriptor = file.create.MultipleDescriptor()
        descriptor["SampleRate"].value = _rate(event.media.fps)
        descriptor["Length"].value = event.frame_count
        descriptor["FileDescriptors"].value = [picture, *sounds]
    locator = file.create.NetworkLocator()
    locator["URLString"].value = delivery.url(event)
    descriptor["Locator"].append(locator)
    return descriptor


def _picture_descriptor(file: Any, media: Media, frames: int) -> Any:
    descriptor = file.create.CDCIDescriptor()
    descriptor["SampleRate"].value = _rate(media.fps)
    descriptor["Length"].value = frames
    descriptor["StoredWidth"].value, descriptor["StoredHeight"].value = media.width, media.height
    descriptor["ImageAspectRatio"].value = f"{media.width}/{media.height}"
    descriptor["FrameLayout"].value = "FullFrame"
    descriptor["VideoLineMap"].value = [42, 0]
    descriptor["ComponentWidth"].value = 8
    descriptor["HorizontalSubsampling"].value = 2
    return descriptor


def _sound_descriptor(file: Any, channels: int, seconds: Fraction) -> Any:
    descriptor = file.create.PCMDescriptor()
    descriptor["SampleRate"].value = descriptor["AudioSamplingRate"].value = _SAMPLE_RATE
    descriptor["Length"].value = int(seconds * _SAMPLE_RATE)
    descriptor["Channels"].value = channels
    descriptor["QuantizationBits"].value = 16
    descriptor["BlockAlign"].value = 2 * channels
    descriptor["AverageBPS"].value = 2 * channels * _SAMPLE_RATE
    return descriptor


def _add_markers(file: Any, mob: Any, picture: Any, delivery: Delivery) -> None:
    """Add a marker with each note, on the picture's track, as Media Composer writes them."""
    noted = [event for event in delivery.cut.events if delivery.note(event)]
    if not noted:
        return
    slot = file.create.EventMobSlot()
    slot["SlotID"].value = _MARKERS + picture.slot_id
    slot["EditRate"].value = _rate(delivery.cut.fps)
    slot["PhysicalTrackNumber"].value = 1
    sequence = file.create.Sequence(media_kind="DescriptiveMetadata")
    sequence.components.value = [_marker(file, picture, delivery, event) for event in noted]
    del sequence["Length"]
    slot.segment = sequence
    mob.slots.append(slot)


def _marker(file: Any, picture: Any, delivery: Delivery, event: Event) -> Any:
    note = clean(delivery.note(event))
    marker = file.create.DescriptiveMarker()
    del marker["Length"]  # Media Composer gives none to markers of one frame.
    marker["Position"].value = event.record_start
    marker["Comment"].value = note
    marker["DescribedSlots"].value = {picture.slot_id}
    marker["CommentMarkerUser"].value = "Reelfind"
    marker["CommentMarkerColor"].value = _GREEN
    said = {"_ATN_CRM_COLOR": "Green", "_ATN_CRM_USER": "Reelfind", "_ATN_CRM_COM": note}
    marker["CommentMarkerAttributeList"].value = [
        file.create.TaggedValue(name, value) for name, value in said.items()
    ]
    return marker


def _slot(mob: Any, number: int, fps: Fraction, name: str, track: int) -> Any:
    slot = mob.create_timeline_slot(_rate(fps), number)
    slot.name = name
    slot["PhysicalTrackNumber"].value = track
    return slot


def _timecode(file: Any, fps: Fraction, drop: bool, start: int, length: int) -> Any:
    timecode = file.create.Timecode(nominal_rate(fps), drop, length)
    timecode.start = start
    return timecode


def _rate(fps: Fraction) -> str:
    return f"{fps.numerator}/{fps.denominator}"


def mob_id(umid: bytes) -> Any:
    """Return the MobID of a UMID, whose two halves are UUIDs in the order of MXF."""
    return MobID("".join(str(AUID(bytes_be=half)) for half in (umid[:16], umid[16:])))
