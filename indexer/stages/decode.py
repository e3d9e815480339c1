"""Stage ``decode``: one pass over the film for small frames, their features, stills and sound."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from pydantic import TypeAdapter

from indexer.decoding import Decoded, decode
from indexer.pipeline_sections import DecodeSettings
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "decode"
ABOUT = "decoded.json"

_DECODED = TypeAdapter(Decoded)
_SHIFT = Fraction(1, 4)
"""Frames: a picture that starts less after its file than this has always been frame 0."""


def read_decoded(work: TitleWork) -> Decoded:
    """Return the results of the decode pass."""
    return _DECODED.validate_json(work.artefact(NAME, ABOUT).read_bytes())


def earlier_result(work: TitleWork, keys: Mapping[str, str]) -> Path:
    """Return the folder of an earlier decode pass, by the keys of that run's stages."""
    return work.folder.result(NAME, keys.get(NAME, ""))


def _settings(work: TitleWork) -> dict[str, object]:
    """Settings that frames depend on. Changes that affect few films are included only for those."""
    media, settings = work.title.media, work.settings.decode
    named = settings.model_dump(exclude={"longest_hold", "memory", "hardware"})
    if settings.longest_hold != DecodeSettings().longest_hold:
        named["longest_hold"] = settings.longest_hold
    if abs(media.picture_start * media.fps) >= _SHIFT:
        named["picture_start"] = str(media.picture_start)
    streams = {"video_stream": media.video_stream, "sound": media.sound}
    chosen = {name: value for name, value in streams.items() if value is not None}
    return {"fps": str(media.fps), **chosen, **named}


def _run(work: TitleWork, out: Path) -> None:
    media = work.title.media
    length = max(media.duration, 1e-3)
    decoded = decode(
        media, out, work.settings.decode, lambda seconds: work.report(seconds / length)
    )
    (out / ABOUT).write_bytes(_DECODED.dump_json(decoded, indent=1))


DECODE = Stage(NAME, 1, (), _settings, _run, doing="decoding", rate=0.02, reads_film=True)
