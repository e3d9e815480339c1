"""What encoders are worth to probes and to likeness, on films that none was trained on.

Genres (macro AP) by a linear head on each clip's own embedding beside its in-context embedding, and
by one on the mean of a film's in-context embeddings; heads learn from the same 500 training
films for all. Then what ``bench.alike`` measures, by in-context embeddings alone: the other side of
a cut, and genres in common with the ten nearest clips of other films.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.alike import RowMean, across, in_common
from bench.alike_data import Part, films
from bench.alike_readings import Reading, fused, in_context, mean
from bench.condensed_movies_genres import GenreProbe, Rows
from encoder.batches import TitleSequence
from encoder.model import Encoder
from indexer.features.feature_set import FeatureSet
from probes.metrics import MacroAveragePrecision, Metric, Values

MEASURES = (
    "genres of a clip, own and in context",
    "genres of a film, in-context mean",
    "the other side of a cut",
    "genres in other films",
)
BASELINES = ("clip alone", "plain mean of the film")
LABELLED = 500
"""Training films that heads learn from."""
Scores = dict[str, NDArray[np.floating]]
Metrics = Mapping[str, Metric]


@dataclass(frozen=True)
class SeedMean:
    """The mean of a metric over seeds."""

    seeds: Sequence[Metric]

    def __call__(self, weights: Values) -> Values:
        """Return [resamples]."""
        found: Values = np.mean([each(weights) for each in self.seeds], axis=0)
        return found


class Judge:
    """Measures encoders on the validation and test films with genres."""

    def __init__(self, found: FeatureSet, train: Sequence[TitleSequence]) -> None:
        known = found.titles.drop_nulls("genre").select("title_id", "genre").iter_rows()
        self._probe = GenreProbe({title: set(ast.literal_eval(names)) for title, names in known})
        self._corpus = films(found)
        learned = self._probe.labelled(list(train))[:LABELLED]
        self._learned = [Part(each, [(i, i + 1) for i in range(len(each))]) for each in learned]
        self._judged = self._corpus.titles
        clip, film, cut, others = MEASURES
        clips, films_ = self._names(self._judged)
        asked = [q.asked.shots.title_id for q in self._corpus.questions for _ in q.asked.clips]
        self.titles = {clip: clips, film: films_, cut: asked, others: clips}

    def encoder(self, encoder: Encoder) -> Scores:
        """Return scores of genres, and values of likeness, by measure."""
        return self._scores(in_context(encoder), beside=True)

    def baseline(self, name: str) -> Scores:
        """Return what is reached without an encoder: by the clip alone, or by the film's mean."""
        return self._scores(*{BASELINES[0]: (fused, False), BASELINES[1]: (mean, True)}[name])

    def metrics(self, scores: Scores) -> Metrics:
        """Return the metrics of scores, by measure."""
        clip, film, cut, others = MEASURES
        by_clip, by_film = self._labels(self._judged)
        return {
            clip: MacroAveragePrecision(by_clip, scores[clip]),
            film: MacroAveragePrecision(by_film, scores[film]),
            cut: RowMean(scores[cut].astype(np.float64)),
            others: RowMean(scores[others].astype(np.float64)),
        }

    def mean(self, seeds: Sequence[Metrics], name: str) -> Metric:
        """Return the mean of one measure over seeds."""
        return SeedMean([each[name] for each in seeds])

    def _scores(self, reading: Reading, beside: bool) -> Scores:
        """Return what a reading reaches, for clips ``beside`` their own embeddings or alone."""
        corpus = self._corpus
        clip, film, cut, others = MEASURES
        learned, judged = reading(self._learned), reading(self._judged)
        labels, labels_of_films = self._labels(self._learned)
        names, names_of_films = self._names(self._learned)
        rows, tested = np.concatenate(learned), np.concatenate(judged)
        if beside:
            rows = np.concatenate([np.concatenate(fused(self._learned)), rows], axis=1)
            tested = np.concatenate([np.concatenate(fused(self._judged)), tested], axis=1)
        means, tested_means = (
            np.stack([each.mean(axis=0) for each in found]) for found in (learned, judged)
        )
        whole = np.concatenate(judged)
        clips = np.arange(len(whole))
        return {
            clip: self._probe.scores(rows, labels, names, tested)[0],
            film: self._probe.scores(means, labels_of_films, names_of_films, tested_means)[0],
            cut: across(corpus, reading, whole, range(len(corpus.questions))).values,
            others: in_common(corpus, corpus.common["genres"], whole, clips).values,
        }

    def _labels(self, parts: Sequence[Part]) -> tuple[Rows, Rows]:
        """Return the genres by clip [clips, 11] and by film [films, 11]."""
        by_clip, _ = self._probe.labels([part.shots for part in parts])
        firsts = np.cumsum([0, *(len(part.clips) for part in parts[:-1])])
        return by_clip, by_clip[firsts]

    @staticmethod
    def _names(parts: Sequence[Part]) -> tuple[list[str], list[str]]:
        names = [part.shots.title_id for part in parts]
        return [n for n, part in zip(names, parts, strict=True) for _ in part.clips], names
