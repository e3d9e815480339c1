"""Genres of films from representations of their clips, each clip with the genres of its film."""

import numpy as np
import torch
from numpy.typing import NDArray

from bench.condensed_movies_data import GENRES
from encoder.batches import TitleSequence, collate
from encoder.model import PREFIX, Encoder
from probes.folds import title_folds
from probes.heads import fit_logistic
from probes.metrics import average_precision

STRENGTHS = (300.0, 1e3, 3e3, 1e4, 3e4)
FOLDS = 3
Rows = NDArray[np.float32]


class GenreProbe:
    """Measures representations of clips by the genres of their films."""

    def __init__(self, genres: dict[str, set[str]]) -> None:
        self._genres = genres

    def labelled(self, titles: list[TitleSequence]) -> list[TitleSequence]:
        """Return the titles whose genres are known."""
        return [title for title in titles if title.title_id in self._genres]

    def labels(self, titles: list[TitleSequence]) -> tuple[Rows, list[str]]:
        """Return the labels [clips, 11] of titles, and the title of each row."""
        rows = [[g in self._genres[t.title_id] for g in GENRES] for t in titles for _ in t.fused]
        return np.array(rows, np.float32), [t.title_id for t in titles for _ in t.fused]

    def scores(self, train: Rows, labels: Rows, names: list[str], test: Rows) -> tuple[Rows, float]:
        """Return the scores of ``test`` by heads trained on ``train``, and the chosen strength."""
        folds = title_folds(names, FOLDS)
        quality = np.zeros(len(STRENGTHS))
        for fold in range(FOLDS):
            held = folds == fold
            heads = fit_logistic(train[~held], labels[~held], STRENGTHS)
            quality += [
                np.nanmean(average_precision(labels[held], h.logits(train[held]))) for h in heads
            ]
        best = STRENGTHS[int(quality.argmax())]
        (head,) = fit_logistic(train, labels, [best])
        return head.logits(test), best


def representations(encoder: Encoder | None, titles: list[TitleSequence]) -> dict[str, Rows]:
    """Return representations of every clip, [clips, width] each, by name."""
    found: dict[str, list[Rows]] = {}
    for title in titles:
        own, mean = title.fused, title.fused.mean(axis=0, keepdims=True).repeat(len(title), 0)
        rows = {"clip alone": own, "plain mean of the film": mean}
        if encoder is not None:
            rows = _in_context(encoder, title, own, mean)
        for name, values in rows.items():
            found.setdefault(name, []).append(values)
    return {name: np.concatenate(parts).astype(np.float32) for name, parts in found.items()}


def _in_context(encoder: Encoder, title: TitleSequence, own: Rows, mean: Rows) -> dict[str, Rows]:
    batch = collate([title])
    scale = np.sqrt(own.shape[1])
    with torch.inference_mode():
        x, keep, rotation = encoder.enter(batch.fused, batch.valid, batch.metadata, None)
        layers = [x := block(x, keep, rotation) for block in encoder.blocks]
        states = encoder.final_norm(x)
        predicted = torch.nn.functional.normalize(encoder.predict(states), dim=-1)
        # Each clip hidden in turn: its state is what the rest of the film tells of it.
        count = len(title)
        each = torch.eye(count, dtype=torch.bool)
        fused, metadata = (
            tensor.expand(count, *tensor.shape[1:]) for tensor in (batch.fused, batch.metadata)
        )
        hidden = encoder.encode(fused, None, metadata, each).shots[each]
    cls = states[0, :1].repeat(count, 1).numpy()
    last: Rows = states[0, PREFIX:].numpy()
    whole = last.mean(axis=0, keepdims=True).repeat(count, 0)
    return {
        "in context: last layer": last,
        "in context: middle layer": layers[(len(layers) - 1) // 2][0, PREFIX:].numpy(),
        "in context: predicted fused": predicted[0, PREFIX:].numpy(),
        "in context: hidden (leave one out)": hidden.numpy(),
        "in context: [CLS]": cls,
        "in context: [CLS] and own": np.concatenate([cls, own * scale], axis=1),
        "in context: mean over the film": whole,
        "in context: own, and mean over the film": np.concatenate([last, whole], axis=1),
        "film mean, and mean of last layer": np.concatenate([mean * scale, whole], axis=1),
    }
