"""Representations of items: their place, one modality, fused, their surroundings, in context.

They are the columns of an evaluation, and most of them the blocks that a probe chooses from. In
those of a whole title, an item is its title, with and without context.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from encoder.batches import TitleSequence
from encoder.model import Encoder
from encoder.windows import embed_titles
from probes.blocks import (
    CLIP_ONLY,
    FUSED,
    FUSED_TITLE,
    IN_CONTEXT,
    NEIGHBOURS,
    PLACE,
    TITLE_FORM,
    TITLE_IN_CONTEXT,
    WITHOUT_GLOBAL,
    block_names,
)
from probes.labels.matching import ShotRange, ShotTimes
from probes.neighbours import Neighbours
from probes.place import place_of, title_form
from probes.probe import Blocks, Matrix
from probes.tasks import TaskLevel

TEXT = "text"
"""The modality that tells where there is dialogue."""


@dataclass(frozen=True)
class Representations:
    """Items of titles, embedded in several ways; each is computed on demand.

    ``titles`` by title id; ``items`` are n runs of their shots. An item's embedding is the mean of
    its shots' embeddings, those that are not zeros: [n, d] float32. ``times`` are those of a
    title's shots; where there are none, each counts as a second. ``states`` are in-context
    embeddings of titles, [shots, W] each, where they are known.

    Raises:
        KeyError: an item's title is not among ``titles``.
        ValueError: the encoder reads embeddings of another width.
    """

    encoder: Encoder
    titles: Mapping[str, TitleSequence]
    items: Sequence[ShotRange]
    times: Mapping[str, ShotTimes | None] = field(default_factory=dict)
    states: Mapping[str, Matrix] = field(default_factory=dict)

    @property
    def makers(self) -> dict[str, Callable[[], Matrix]]:
        """The representations by name, in the order of an evaluation's columns."""
        return {
            PLACE: self.place,
            **{name: partial(self.modality, name) for name, _ in self.encoder.config.modalities},
            FUSED: self.fused,
            NEIGHBOURS: self.neighbours,
            CLIP_ONLY: self.clip_only,
            WITHOUT_GLOBAL: self.without_global,
            IN_CONTEXT: self.in_context,
            TITLE_FORM: self.title_form,
            FUSED_TITLE: self.fused_title,
            TITLE_IN_CONTEXT: self.title_in_context,
        }

    def blocks(self, names: Iterable[str]) -> Blocks:
        """Return some of the representations by name."""
        makers = self.makers
        return {name: makers[name]() for name in names}

    def choice(self, level: TaskLevel) -> Blocks:
        """Return the blocks that a probe of a task of this level chooses from."""
        return self.blocks(block_names(level, dict(self.encoder.config.modalities)))

    def place(self) -> Matrix:
        """Return where the items lie, how they are cut, and how much they say."""
        return _stack(
            place_of(*self._cut[item.title_id], item.first, item.end) for item in self.items
        )

    def title_form(self) -> Matrix:
        """Return for each item how long its title is, how it is cut, and how much it says."""
        forms = {name: title_form(*own) for name, own in self._cut.items()}
        return _stack(forms[item.title_id] for item in self.items)

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

    def neighbours(self) -> Matrix:
        """Return the fused embeddings around the items, the nearer the weightier."""
        around = {name: Neighbours(title.fused) for name, title in self._used}
        return _stack(around[item.title_id].around(item.first, item.end) for item in self.items)

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
        known = {name: self.states[name] for name, _ in self._used if name in self.states}
        return known | self._embed([title for name, title in self._used if name not in known])

    @cached_property
    def _cut(self) -> dict[str, tuple[ShotTimes, NDArray[np.bool_]]]:
        """The times of each title's shots, and whether they have dialogue: [shots]."""
        return {name: (self._times_of(title), self._speaks(title)) for name, title in self._used}

    def _times_of(self, title: TitleSequence) -> ShotTimes:
        known = self.times.get(title.title_id)
        if known is not None:
            return known
        index = np.arange(len(title), dtype=np.float64)
        return np.stack([index, index + 1], axis=1)

    def _speaks(self, title: TitleSequence) -> NDArray[np.bool_]:
        start = 0
        for name, width in self.encoder.config.modalities:
            if name == TEXT:
                return np.asarray(title.fused[:, start : start + width].any(axis=1))
            start += width
        return np.zeros(len(title), dtype=np.bool_)

    def _embed(self, titles: Sequence[TitleSequence]) -> dict[str, Matrix]:
        found = embed_titles(self.encoder, titles)
        return {title.title_id: each.states for title, each in zip(titles, found, strict=True)}

    def _pool(self, rows: Mapping[str, Matrix]) -> Matrix:
        return _stack(_mean(rows[item.title_id][item.first : item.end]) for item in self.items)

    def _of_titles(self, rows: Mapping[str, Matrix]) -> Matrix:
        means = {name: _mean(own) for name, own in rows.items()}
        return _stack(means[item.title_id] for item in self.items)


def _mean(rows: Matrix) -> Matrix:
    """Return the mean of the rows that are not zeros, which stand for nothing: [d]."""
    present = rows.any(axis=1)
    mean: Matrix = rows.sum(axis=0) / max(int(present.sum()), 1)
    return mean


def _stack(rows: Iterable[NDArray[np.floating]]) -> Matrix:
    return np.stack(list(rows)).astype(np.float32)


def _unit(rows: Matrix) -> Matrix:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Matrix = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    return scaled
