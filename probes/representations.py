"""Representations that probes can read: the same items by one modality, fused, and in context.

They are the columns of an evaluation. Each adds one thing to the one before: the modalities are
fused, then an encoder reads the item's own shots, then the title around them, then the title's
metadata. A task about titles has two more columns, in which an item is its whole title, with and
without context.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from encoder.batches import TitleSequence
from encoder.model import Encoder
from encoder.windows import embed_titles
from probes.labels.matching import ShotRange
from probes.probe import Matrix
from probes.tasks import TaskLevel

FUSED = "fused"
CLIP_ONLY = "clip-only context"
WITHOUT_GLOBAL = "in context without [GLOBAL]"
IN_CONTEXT = "in context"
FUSED_TITLE = "title fused"
TITLE_IN_CONTEXT = "title in context"

READ: Mapping[TaskLevel, str] = {"clip": IN_CONTEXT, "title": TITLE_IN_CONTEXT}
"""What a trained probe reads, by the level of its task."""

OF_TITLES = frozenset({FUSED_TITLE, TITLE_IN_CONTEXT})
"""The representations that are the same for all items of a title."""


@dataclass(frozen=True)
class Representations:
    """Items of titles, embedded in several ways; each is computed on demand.

    ``titles`` by title id; ``items`` are n runs of their shots. An item's embedding is the mean of
    its shots' embeddings, those that are not zeros: [n, d] float32.

    Raises:
        KeyError: an item's title is not among ``titles``.
        ValueError: the encoder reads embeddings of another width.
    """

    encoder: Encoder
    titles: Mapping[str, TitleSequence]
    items: Sequence[ShotRange]

    @property
    def makers(self) -> dict[str, Callable[[], Matrix]]:
        """The representations by name, in the order of an evaluation's columns."""
        makers: dict[str, Callable[[], Matrix]] = {
            name: partial(self.modality, name) for name, _ in self.encoder.config.modalities
        }
        makers[FUSED] = self.fused
        makers[CLIP_ONLY] = self.clip_only
        makers[WITHOUT_GLOBAL] = self.without_global
        makers[IN_CONTEXT] = self.in_context
        makers[FUSED_TITLE] = self.fused_title
        makers[TITLE_IN_CONTEXT] = self.title_in_context
        return makers

    def read_by(self, level: TaskLevel) -> Matrix:
        """Return the representation that a trained probe of a task of this level reads."""
        return self.makers[READ[level]]()

    def modality(self, name: str) -> Matrix:
        """Return one modality alone, each shot's part at unit norm (zeros where it is missing)."""
        start = 0
        for own, width in self.encoder.config.modalities:
            if own == name:
                return self._pool(
                    {each: _unit(t.fused[:, start : start + width]) for each, t in self._used}
                )
            start += width
        raise ValueError(f"{name}: not a modality of this encoder")

    def fused(self) -> Matrix:
        """Return the modalities joined, with no context."""
        return self._pool({name: title.fused for name, title in self._used})

    def clip_only(self) -> Matrix:
        """Return the encoder's states when it reads only the item's own shots."""
        alone = [
            TitleSequence(
                item.title_id,
                self.titles[item.title_id].fused[item.first : item.end],
                np.zeros_like(self.titles[item.title_id].metadata),
            )
            for item in self.items
        ]
        return _stack(found.states.mean(axis=0) for found in embed_titles(self.encoder, alone))

    def without_global(self) -> Matrix:
        """Return the in-context embedding with [GLOBAL] left empty."""
        return self._pool(
            self._embed(
                [TitleSequence(name, t.fused, np.zeros_like(t.metadata)) for name, t in self._used]
            )
        )

    def in_context(self) -> Matrix:
        """Return the embedding computed over the whole title, with its metadata as [GLOBAL]."""
        return self._pool(self._states)

    def fused_title(self) -> Matrix:
        """Return for each item the mean of all shots of its title, with no context."""
        return self._of_titles({name: title.fused for name, title in self._used})

    def title_in_context(self) -> Matrix:
        """Return for each item the mean of the in-context embeddings of all shots of its title."""
        return self._of_titles(self._states)

    @cached_property
    def _used(self) -> list[tuple[str, TitleSequence]]:
        return [(name, self.titles[name]) for name in sorted({i.title_id for i in self.items})]

    @cached_property
    def _states(self) -> dict[str, Matrix]:
        return self._embed([title for _, title in self._used])

    def _embed(self, titles: Sequence[TitleSequence]) -> dict[str, Matrix]:
        found = embed_titles(self.encoder, titles)
        return {title.title_id: each.states for title, each in zip(titles, found, strict=True)}

    def _pool(self, rows: Mapping[str, Matrix]) -> Matrix:
        return _stack(_mean(rows[item.title_id][item.first : item.end]) for item in self.items)

    def _of_titles(self, rows: Mapping[str, Matrix]) -> Matrix:
        means = {name: _mean(own) for name, own in rows.items()}
        return _stack(means[item.title_id] for item in self.items)


def columns(level: TaskLevel, names: Iterable[str]) -> list[str]:
    """Return those of the representations ``names`` that a task of this level is measured on."""
    return [name for name in names if level == "title" or name not in OF_TITLES]


def _mean(rows: Matrix) -> Matrix:
    """Return the mean of the rows that are not zeros, which stand for nothing: [d]."""
    present = rows.any(axis=1)
    mean: Matrix = rows.sum(axis=0) / max(int(present.sum()), 1)
    return mean


def _stack(rows: Iterator[Matrix]) -> Matrix:
    return np.stack(list(rows)).astype(np.float32)


def _unit(rows: Matrix) -> Matrix:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Matrix = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    return scaled
