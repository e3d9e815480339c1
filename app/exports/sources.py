"""What editing systems know a film's file by: the reel and the packages that it names itself.

A camera or a transcoder writes a reel's name into the timecode track of a QuickTime file, and an
MXF file has it in its physical package. An MXF file also names its material package by a UMID
(SMPTE ST 330), which Avid calls a MobID and finds the media by, wherever the file lies.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.exports.cut import Event
from indexer.characters import ascii_letters, one_line
from indexer.errors import ReelfindError
from indexer.probe import open_media
from indexer.records import Media

LONGEST_REEL = 32
"""Letters of a reel's name in EDLs of Avid, Premiere Pro and Resolve; CMX 3600 itself had eight."""

_UMID = re.compile(r"0x[0-9A-Fa-f]{64}")


@dataclass(frozen=True)
class Packages:
    """The packages of an MXF file: their UMIDs, each of 32 bytes, and the ids of their tracks.

    ``sounds`` has the ids of the sound tracks, by the index of the stream in the file.
    """

    material: bytes
    file: bytes
    picture: int
    sounds: Mapping[int, int]


@dataclass(frozen=True)
class Source:
    """What a file says of itself; None where it says nothing, or cannot be read from here."""

    reel: str | None = None
    packages: Packages | None = None


UNKNOWN = Source()


def source_of(media: Media) -> Source:
    """Return what a film's file says of itself; nothing if it cannot be read from this machine."""
    try:
        return _read(media)
    except (ReelfindError, OSError):
        return UNKNOWN


@lru_cache(maxsize=4096)
def _read(media: Media) -> Source:
    with open_media(media.path, media.containers) as container:
        tags = [*(stream.metadata for stream in container.streams), container.metadata]
        first = container.streams.video[0].index
        picture = container.streams[first if media.video_stream is None else media.video_stream]
        sounds = {stream.index: stream.id for stream in container.streams.audio}
        material = _umid(container.metadata, "material_package_umid")
        file = _umid(picture.metadata, "file_package_umid")
        reel = _first(tags, "reel_name")
        if material is None or file is None or len({picture.id, *sounds.values()}) <= len(sounds):
            return Source(reel)
        return Source(reel, Packages(material, file, picture.id, sounds))


def _first(tags: Iterable[Mapping[str, str]], name: str) -> str | None:
    return next((each[name].strip() for each in tags if each.get(name, "").strip()), None)


def _umid(tags: Mapping[str, str], name: str) -> bytes | None:
    text = tags.get(name, "")
    return bytes.fromhex(text[2:]) if _UMID.fullmatch(text) else None


def reel_names(events: Iterable[Event]) -> dict[str, str]:
    """Return a reel for each title id: the file's own, else the file's name, different for each.

    Editing systems look for a reel among the reels and the names of their media without the
    ending. Blanks separate the words of an EDL, so they become ``_``, as do other signs. Two files
    that name the same reel are told apart by their timecode.
    """
    reels: dict[str, str] = {}
    for event in events:
        if event.title_id in reels:
            continue
        own = source_of(event.media).reel
        name = ascii_letters(one_line(own or event.media.path.stem))
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "REEL"
        reel, number = name[:LONGEST_REEL], 2
        while own is None and reel in reels.values():
            reel = f"{name[: LONGEST_REEL - len(str(number)) - 1]}_{number}"
            number += 1
        reels[event.title_id] = reel
    return reels
