"""Titles cut in two, and what clips have in common: questions whose answers were not averaged in.

A clip in context has heard its neighbours, and so does a mean over them: that it is near to the
clips beside it says nothing. So a title is cut in the middle of a scene (or film), and each side is
embedded as if the other did not exist. Clips before the cut ask for those of their scene after it.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.condensed_movies_data import GENRES
from bench.emorynlp import EMOTIONS, utterances
from encoder.batches import TitleSequence
from indexer.features.feature_set import FeatureSet

LINES = 3
"""Utterances of EmoryNLP in a clip, at most; a clip lies in one scene."""
Matrix = NDArray[np.float64]
Span = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Part:
    """A title, or one side of it: its shots, and its clips as spans of them."""

    shots: TitleSequence
    clips: list[Span]

    def side(self, start: int, stop: int, clips: list[Span]) -> "Part":
        """Return the shots from ``start`` to ``stop`` as a title of their own, with some clips."""
        moved = [(a - start, b - start) for a, b in clips]
        return Part(self.shots.window(start, stop - start), moved)


@dataclass(frozen=True, eq=False)
class Question:
    """Clips ``asked`` before a cut, and which of those ``after`` it are ``wanted`` [clips] bool."""

    title: int
    asked: Part
    after: Part
    wanted: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Corpus:
    """Whole titles, questions about them, and what their clips have: [clips, k] by name.

    ``fitted`` are the titles that an encoder was trained on, by their place.
    """

    titles: list[Part]
    questions: list[Question]
    common: dict[str, Matrix]
    fitted: NDArray[np.bool_]

    @property
    def of_clip(self) -> NDArray[np.intp]:
        """The title of each clip."""
        return np.repeat(np.arange(len(self.titles)), [len(each.clips) for each in self.titles])


def _question(title: int, part: Part, first: int, end: int) -> Question:
    """Cut a title in the middle of the clips from ``first`` to ``end``."""
    middle = (first + end) // 2
    cut = part.clips[middle][0]
    wanted = np.arange(middle, len(part.clips)) < end
    asked = part.side(0, cut, part.clips[first:middle])
    after = part.side(cut, len(part.shots), part.clips[middle:])
    return Question(title, asked, after, wanted)


def episodes(data: Path, found: FeatureSet) -> Corpus:
    """Return EmoryNLP: an episode is a title, an utterance a shot, some of a scene's are a clip."""
    parts, questions, shares, voices, fitted = [], [], [], [], []
    table = utterances(data).partition_by("title_id", as_dict=True)
    for number, shots in enumerate(found.sequences()):
        rows = table[(shots.title_id,)]
        clips: list[Span] = []
        scenes: list[Span] = []
        for start, stop in _runs(rows["Scene_ID"].to_list()):
            first = len(clips)
            count = -(-(stop - start) // LINES)
            edges = np.linspace(start, stop, count + 1).round().astype(int).tolist()
            clips += list(pairwise(edges))
            scenes.append((first, len(clips)))
        part = Part(shots, clips)
        parts.append(part)
        questions += [_question(number, part, a, b) for a, b in scenes if b - a > 1]
        emotions, speakers = rows["Emotion"].to_list(), rows["Speaker"].to_list()
        for a, b in clips:
            counts = Counter(emotions[a:b])
            shares.append([counts[name] / (b - a) for name in EMOTIONS])
            voices.append({name for each in speakers[a:b] for name in ast.literal_eval(each)})
        fitted.append(rows["split"][0] == "train")
    names = sorted(set().union(*voices))
    heard = np.array([[name in own for name in names] for own in voices], float)
    common = {"emotions": np.array(shares), "speakers": heard}
    return Corpus(parts, questions, common, np.array(fitted))


def films(found: FeatureSet, most: int = 0) -> Corpus:
    """Return films of CondensedMovies with genres; a shot is a clip.

    Those of the validation and test part, or up to ``most`` of those that encoders train on.
    """
    fitted = most > 0
    known = {
        title: set(ast.literal_eval(genre)) & set(GENRES)
        for title, genre in found.titles.drop_nulls("genre").select("title_id", "genre").iter_rows()
    }
    splits = dict(found.titles.select("title_id", "split").iter_rows())
    chosen = [
        TitleSequence(each.title_id, each.fused, np.zeros_like(each.metadata))
        for each in found.sequences()
        if (splits[each.title_id] == "train") == fitted
        and known.get(each.title_id)
        and len(each) > 1
    ]
    chosen = chosen[:most] if fitted else chosen
    parts = [Part(each, [(i, i + 1) for i in range(len(each))]) for each in chosen]
    questions = [_question(i, part, 0, len(part.clips)) for i, part in enumerate(parts)]
    rows = [[g in known[p.shots.title_id] for g in GENRES] for p in parts for _ in p.clips]
    return Corpus(parts, questions, {"genres": np.array(rows, float)}, np.full(len(parts), fitted))


def _runs(values: list[int]) -> Iterator[Span]:
    """Yield the spans of equal values."""
    edges = [i for i in range(1, len(values)) if values[i] != values[i - 1]]
    yield from pairwise([0, *edges, len(values)])
