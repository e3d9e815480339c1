"""Keeps timed text from the previous subtitle reader where this one would give the same lines."""

from collections.abc import Callable, Mapping
from pathlib import Path

from indexer.artefacts import read_timed_text
from indexer.records import Media
from indexer.stages import decode
from indexer.stages.base import stage_key
from indexer.stages.work import TitleWork
from indexer.text.timed_text import text_beside

READER = 1
"""The previous reader: strict times, one file per title, drawings dropped with their words."""

_DRAWN = frozenset({"ass", "ssa"})
"""Codecs of tracks that may hold drawings."""


def settings_of(
    work: TitleWork,
    files: Mapping[Path, str | None],
    film: Callable[[], tuple[Media, Path | None]],
) -> dict[str, object] | None:
    """Return the settings behind a title's existing text, if reading it again would not change it.

    Args:
        work: the title.
        files: sidecar files with the hashes of their contents; one may be the source of the text.
        film: returns the film as it was decoded.
    """
    if not work.folder.has(decode.NAME, work.keys[decode.NAME]):
        return None
    chosen = [None, *([path.name, content] for path, content in files.items())]
    for sidecar in chosen:
        settings = {"reader": READER, "sidecar": sidecar, **work.settings.text.model_dump()}
        inputs = work.identities([decode.NAME])
        key = stage_key(work.title.media.content_hash, "text", 1, settings, inputs)
        if work.folder.has("text", key):
            same = _is_same(work, work.folder.result("text", key), film()[0])
            return settings if same else None
    return None


def _is_same(work: TitleWork, folder: Path, media: Media) -> bool:
    before = read_timed_text(folder)
    beside = text_beside(media, work.settings.text)
    tracks = media.text_tracks
    if beside.forced or any(track.forced for track in tracks):
        return False
    if beside.full or before.source == "sidecar":
        return beside.full is not None and beside.full.lines == before.lines
    return before.source != "embedded" or not any(track.codec in _DRAWN for track in tracks)
