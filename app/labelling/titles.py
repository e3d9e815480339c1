"""What labels ask about titles: names, clip ids, times, and where the shots are."""

from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from indexer.catalogue import Catalogue, Manifest
from indexer.earlier_versions import EarlierVersions
from indexer.errors import ReelfindError
from indexer.library import IndexedTitle, Library
from indexer.timecode import frame_at
from probes.labels.matching import ShotTimes
from probes.labels.records import LabelError


class CatalogueTitles:
    """Answers what labels ask about titles from a data directory, which is read once."""

    def __init__(self, data: Path) -> None:
        self._catalogue = _CatalogueReadOnce(data)
        self.find = cache(self._find)
        self.shots = cache(self._shots)

    def earlier(self, title_ids: Iterable[str]) -> set[str]:
        """Return which of these ids are of titles whose file was replaced by another cut."""
        versions = EarlierVersions(self._catalogue)
        return {title_id for title_id in title_ids if versions.find(title_id) is not None}

    def seconds(self, title_id: str) -> float:
        """Return a title's length in seconds."""
        return self._catalogue.by_id[title_id].seconds

    def at_frame(self, title_id: str, frame: int) -> float:
        """Return when a frame, counted from 0, is on screen, in seconds."""
        return float(frame / self._catalogue.by_id[title_id].title.media.fps)

    def at_timecode(self, title_id: str, timecode: str) -> float:
        """Return the seconds from the film's start to a timecode on its start timecode."""
        media = self._catalogue.by_id[title_id].title.media
        try:
            frame = frame_at(timecode, media.fps, media.start_timecode)
        except ReelfindError as error:
            raise LabelError(str(error)) from error
        if frame < 0:
            raise LabelError(
                f"timecode {timecode}: before the title's start at {media.start_timecode}"
            )
        return self.at_frame(title_id, frame)

    def clip(self, clip_id: str) -> tuple[str, float, float]:
        """Return a clip's title id, start and end in seconds."""
        if clip_id not in self._clips:
            raise LabelError(f"no clip {clip_id}; `reelfind search … --json` prints the ids")
        return self._clips[clip_id]

    def _find(self, name: str) -> str:
        try:
            return self._catalogue.find(name).title.title_id
        except ReelfindError as error:
            raise LabelError(str(error)) from error

    def _shots(self, title_id: str) -> ShotTimes | None:
        manifest = self._catalogue.by_id.get(title_id)
        if manifest is None:
            return None
        title = IndexedTitle(manifest, self._catalogue)
        frames = [(shot.start_frame, shot.end_frame) for shot in title.shots]
        return np.array(frames, dtype=np.float64) / float(manifest.title.media.fps)

    @cached_property
    def _clips(self) -> dict[str, tuple[str, float, float]]:
        found = {}
        for title in Library(self._catalogue).titles():
            for each in title.clips:
                start, end = title.seconds(each.start_frame), title.seconds(each.end_frame)
                found[title.point("clip", each.index)] = (title.title_id, start, end)
        return found


class _CatalogueReadOnce(Catalogue):
    """Reads all manifests once, since a table names thousands of titles one by one."""

    def manifests(self) -> list[Manifest]:
        return list(self.by_id.values())

    @cached_property
    def by_id(self) -> dict[str, Manifest]:
        return {manifest.title.title_id: manifest for manifest in super().manifests()}
