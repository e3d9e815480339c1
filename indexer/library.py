"""Reads back titles that are indexed whole.

What works on a title reads the same files through ``TitleWork.artefact``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from indexer.artefacts import (
    read_clips,
    read_json,
    read_shots,
    read_table,
    read_timed_text,
    read_vectors,
)
from indexer.catalogue import Catalogue
from indexer.framing.faces import Face, read_faces
from indexer.framing.quality import Quality, read_qualities
from indexer.look.measure import ShotLook
from indexer.look.table import read_looks
from indexer.manifest import Manifest
from indexer.onscreen.records import ReadShot
from indexer.onscreen.table import read_text
from indexer.records import Clip, Line, Shot, TimedText
from indexer.soundtrack.measure import Soundtrack
from indexer.soundtrack.table import read_soundtrack
from indexer.stages import (
    clips,
    context,
    decode,
    embed,
    framing,
    look,
    onscreen,
    scores,
    shots,
    sound,
    stills,
    text,
    who,
)
from indexer.stages.base import TitleFolder
from indexer.store.names import Level
from indexer.timecode import timecode
from indexer.versions import point_of
from indexer.who.table import KnownFace, read_known

VECTORS = {
    "video": (embed.VIDEO, embed.FEATURES),
    "audio": (embed.AUDIO, embed.VECTORS),
    "text": (embed.DIALOGUE, embed.VECTORS),
    "omni": (embed.FUSED, embed.VECTORS),
    "context": (context.NAME, context.IN_CONTEXT),
}
"""Embeddings of a title's shots by name: a stage and its file; ``omni`` in a profile with it."""

TIMES = ("start_seconds", "end_seconds")
"""Columns of the curves that are no curve."""


@dataclass(frozen=True, eq=False)
class IndexedTitle:
    """A title and the results of its stages. Each part is read on first use.

    Every part raises ``ReelfindError`` if its file is damaged, and ``FileNotFoundError`` if the
    title was removed or indexed again in the meantime.
    """

    manifest: Manifest
    catalogue: Catalogue

    @property
    def title_id(self) -> str:
        """The id of the title."""
        return self.manifest.title.title_id

    @cached_property
    def shots(self) -> Sequence[Shot]:
        """Its shots, in order."""
        return read_shots(self._file(shots.NAME, shots.TABLE))

    @cached_property
    def clips(self) -> Sequence[Clip]:
        """Its clips, in order."""
        return read_clips(self._file(clips.NAME, clips.TABLE))

    def spans(self, level: Level) -> Sequence[Shot | Clip]:
        """Return its shots or its clips, in order."""
        return self.shots if level == "shot" else self.clips

    @cached_property
    def looks(self) -> Sequence[ShotLook]:
        """The look of each shot; none if an earlier version indexed the title."""
        if look.NAME not in self.manifest.keys:
            return []
        return read_looks(self._file(look.NAME, look.TABLE))

    @cached_property
    def faces(self) -> Mapping[int, Sequence[Face]]:
        """The faces of its stills, by frame; none if an earlier version indexed the title."""
        if framing.NAME not in self.manifest.keys:
            return {}
        return read_faces(self._file(framing.NAME, framing.FACES))

    @cached_property
    def qualities(self) -> Mapping[int, Quality]:
        """How good its stills are, by frame; none if an earlier version indexed the title."""
        if framing.NAME not in self.manifest.keys:
            return {}
        return read_qualities(self._file(framing.NAME, framing.QUALITIES))

    @cached_property
    def picture(self) -> Mapping[str, float]:
        """The sides of its picture without bars: left, top, right and bottom, each 0 to 1."""
        if framing.NAME not in self.manifest.keys:
            return {"left": 0.0, "top": 0.0, "right": 1.0, "bottom": 1.0}
        found: Mapping[str, float] = read_json(self._file(framing.NAME, framing.PICTURE))
        return found

    @cached_property
    def text_on_screen(self) -> Sequence[ReadShot]:
        """The text in the stills of each shot; none if an earlier version indexed the title."""
        if onscreen.NAME not in self.manifest.keys:
            return []
        return read_text(self._file(onscreen.NAME), len(self.shots))

    @cached_property
    def soundtrack(self) -> Soundtrack | None:
        """What is heard along it; None if an earlier version indexed the title."""
        if sound.NAME not in self.manifest.keys:
            return None
        return read_soundtrack(self._file(sound.NAME, sound.TABLE))

    @property
    def who_key(self) -> str | None:
        """The key of its recognised faces; None if an earlier version indexed the title."""
        return self.manifest.keys.get(who.NAME)

    @cached_property
    def known_faces(self) -> Sequence[KnownFace]:
        """Its recognised faces; none unless ``who.enabled`` was on when it was indexed."""
        if who.NAME not in self.manifest.keys:
            return []
        return read_known(self._file(who.NAME, who.TABLE))

    @cached_property
    def timed_text(self) -> TimedText:
        """Its timed text, with the source."""
        return read_timed_text(self._file(text.NAME))

    @property
    def lines(self) -> Sequence[Line]:
        """Its lines of dialogue."""
        return self.timed_text.lines

    @cached_property
    def texts(self) -> Sequence[str]:
        """The dialogue of each shot."""
        found: list[str] = read_json(self._file(embed.DIALOGUE, embed.TEXTS))
        return found

    def scores(self, level: Level, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return the scores of its shots or clips, a row each, or only some ``columns``."""
        table = scores.SHOTS if level == "shot" else scores.CLIPS
        return read_table(self._file(scores.NAME, table), columns)

    @cached_property
    def title_scores(self) -> Mapping[str, Mapping[str, float]]:
        """The scores of the whole title: for each task about titles, those of all its classes."""
        facts = read_json(self._file(scores.NAME, scores.TITLE))
        found: Mapping[str, Mapping[str, float]] = facts.get("scores", {})
        return found

    @cached_property
    def curve_names(self) -> Sequence[str]:
        """The names of its curves, "task: class"; reads only the header of their file."""
        columns = pl.read_parquet_schema(self._file(scores.NAME, scores.CURVES))
        return [name for name in columns if name not in TIMES]

    def curves(self, names: Sequence[str] | None = None) -> pl.DataFrame:
        """Return scores smoothed over time: a row per shot, a column per curve; by default all."""
        wanted = self.curve_names if names is None else names
        return read_table(self._file(scores.NAME, scores.CURVES), wanted)

    def vectors(self, name: str) -> NDArray[np.float32]:
        """Return an embedding of each shot, [shots, d] float32; ``name`` is one of ``VECTORS``."""
        return read_vectors(self._file(*VECTORS[name]))

    def still(self, frame: int) -> Path | None:
        """Return the JPEG of a frame; None if it has no still."""
        for stage in (decode.NAME, stills.NAME):
            path = self._file(stage, stills.FOLDER, stills.still_name(frame))
            if path.is_file():
                return path
        return None

    def still_link(self, frame: int, seconds: int) -> str | None:
        """Return a signed address of the JPEG of a frame in the object store with the artefacts.

        None if the JPEG is on this machine, or there is none.
        """
        own = (stills.FOLDER, stills.still_name(frame))
        for stage in (decode.NAME, stills.NAME):
            key = self.manifest.keys[stage]
            link = self._folder.signed(stage, key, own, seconds, "image/jpeg")
            if link is not None:
                return link
        return None

    def still_frames(self, start: int, end: int) -> list[int]:
        """Return the frames from ``start`` to ``end``, exclusive, that have a still."""
        inside = pl.col("frame").is_between(start, end, closed="left")
        table = pl.scan_parquet(self._file(stills.NAME, stills.TABLE))
        return sorted(table.filter(inside).select("frame").unique().collect()["frame"].to_list())

    def timecode(self, frame: int) -> str:
        """Return the timecode of a frame on the source's start timecode."""
        media = self.manifest.title.media
        return timecode(frame, media.fps, media.start_timecode)

    def seconds(self, frame: int) -> float:
        """Return the time of a frame, in seconds from the film's start."""
        return float(frame / self.manifest.title.media.fps)

    def point(self, level: Level, index: int) -> str:
        """Return the id of its ``index``-th shot or clip, as in search results."""
        return point_of(self.manifest, level, index)

    @cached_property
    def _folder(self) -> TitleFolder:
        return self.catalogue.folder(self.title_id)

    def _file(self, stage: str, *name: str) -> Path:
        return self._folder.file(stage, self.manifest.keys[stage], *name)


class Library:
    """The titles of one data directory."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def title(self, title_id: str) -> IndexedTitle | None:
        """Return a title; None if it was never completely indexed."""
        manifest = self._catalogue.manifest(title_id)
        return None if manifest is None else IndexedTitle(manifest, self._catalogue)

    def find(self, name: str) -> IndexedTitle:
        """Return the one title with this id, start of an id, name or file name.

        Raises:
            ReelfindError: none or several match.
        """
        return IndexedTitle(self._catalogue.find(name), self._catalogue)

    def titles(self) -> Iterator[IndexedTitle]:
        """Yield every title by name: for commands that process all of them, not for requests."""
        for manifest in self._catalogue.manifests():
            yield IndexedTitle(manifest, self._catalogue)
