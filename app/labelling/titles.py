"""Resolves titles for labels: names, clip ids, times and shots."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.search.request import RequestError
from indexer.catalogue import Catalogue
from indexer.earlier_versions import EarlierVersions
from indexer.errors import ReelfindError
from indexer.library import IndexedTitle, Library
from indexer.manifest import Manifest
from indexer.timecode import frame_at
from probes.labels.matching import ShotTimes
from probes.labels.records import LabelError

if TYPE_CHECKING:
    from app.runtime import Runtime


class LabelledTitles(ABC):
    """Resolves the titles, clips and times of labels in a data directory; caches its answers."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.find = cache(self._find)
        self.shots = cache(self._shots)
        self._title = cache(self._read)

    def earlier(self, title_ids: Iterable[str]) -> set[str]:
        """Return the ids of titles whose file was replaced by another cut."""
        versions = EarlierVersions(self._catalogue)
        return {title_id for title_id in title_ids if versions.find(title_id) is not None}

    def seconds(self, title_id: str) -> float:
        """Return a title's length in seconds."""
        return self._known(title_id).manifest.seconds

    def at_frame(self, title_id: str, frame: int) -> float:
        """Return the time of a frame, counted from 0, in seconds."""
        return self._known(title_id).seconds(frame)

    def at_timecode(self, title_id: str, timecode: str) -> float:
        """Return the seconds from the film's start to a timecode on its start timecode."""
        media = self._known(title_id).manifest.title.media
        try:
            frame = frame_at(timecode, media.fps, media.start_timecode)
        except ReelfindError as error:
            raise LabelError(str(error)) from error
        if frame < 0:
            raise LabelError(
                f"timecode {timecode}: before the title's start at {media.start_timecode}"
            )
        return self.at_frame(title_id, frame)

    @abstractmethod
    def clip(self, clip_id: str) -> tuple[str, float, float]:
        """Return a clip's title id, start and end in seconds."""

    @abstractmethod
    def _one(self, name: str) -> Manifest:
        """Return the one title of this id, start of an id, name or file name."""

    def _find(self, name: str) -> str:
        try:
            return self._one(name).title.title_id
        except ReelfindError as error:
            raise LabelError(str(error)) from error

    def _shots(self, title_id: str) -> ShotTimes | None:
        title = self._title(title_id)
        if title is None:
            return None
        frames = [(shot.start_frame, shot.end_frame) for shot in title.shots]
        return np.array(frames, dtype=np.float64) / float(title.manifest.title.media.fps)

    def _read(self, title_id: str) -> IndexedTitle | None:
        manifest = self._catalogue.readable(title_id)
        return None if manifest is None else IndexedTitle(manifest, self._catalogue)

    def _known(self, title_id: str) -> IndexedTitle:
        title = self._title(title_id)
        if title is None:
            raise LabelError(f"{title_id}: no such title; it may have been removed meanwhile")
        return title


class ServedTitles(LabelledTitles):
    """Resolves them through a runtime: asks the store, and reads single titles."""

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(runtime.catalogue)
        self._service = runtime

    def clip(self, clip_id: str) -> tuple[str, float, float]:
        """Return a clip's title id, start and end in seconds."""
        try:
            hit = self._service.neighbours(clip_id, 0, 0).hit
        except RequestError as error:
            raise _no_clip(clip_id) from error
        if hit.level != "clip":
            raise _no_clip(clip_id)
        start, end = (
            self.at_frame(hit.title_id, frame) for frame in (hit.start_frame, hit.end_frame)
        )
        return hit.title_id, start, end

    def _one(self, name: str) -> Manifest:
        return self._service.find(name)


class CatalogueTitles(LabelledTitles):
    """Resolves them for tables with thousands of rows: reads all manifests once."""

    def __init__(self, data: Path) -> None:
        super().__init__(_CatalogueReadOnce(data))

    def clip(self, clip_id: str) -> tuple[str, float, float]:
        """Return a clip's title id, start and end in seconds."""
        if clip_id not in self._clips:
            raise _no_clip(clip_id)
        return self._clips[clip_id]

    def _one(self, name: str) -> Manifest:
        return self._catalogue.find(name)

    @cached_property
    def _clips(self) -> dict[str, tuple[str, float, float]]:
        found = {}
        for title in Library(self._catalogue).titles():
            for each in title.clips:
                start, end = title.seconds(each.start_frame), title.seconds(each.end_frame)
                found[title.point("clip", each.index)] = (title.title_id, start, end)
        return found


class _CatalogueReadOnce(Catalogue):
    def manifests(self) -> list[Manifest]:
        return self._all

    @cached_property
    def _all(self) -> list[Manifest]:
        return super().manifests()


def _no_clip(clip_id: str) -> LabelError:
    return LabelError(f"no clip {clip_id}; `reelfind search … --json` prints the ids")
