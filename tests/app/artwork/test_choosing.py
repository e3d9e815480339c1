"""Stills that stand for a title are good, of different shots, and unlike each other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.artwork.choosing import Candidate, candidates, choose
from indexer.catalogue import Catalogue
from indexer.library import IndexedTitle, Library
from indexer.onscreen.records import ReadShot, ScreenStill
from indexer.pipeline_sections import FramingSettings

SETTINGS = FramingSettings()


@pytest.fixture(scope="module")
def title(indexed_once: Path) -> IndexedTitle:
    return max(Library(Catalogue(indexed_once)).titles(), key=lambda each: len(each.shots))


def candidate(title: IndexedTitle, shot: int, score: float, *look: float) -> Candidate:
    return Candidate(title, 24 * shot, score, (), shot, np.array(look, np.float32))


def test_the_best_comes_first_and_one_of_each_shot(title: IndexedTitle) -> None:
    found = [
        candidate(title, 0, 0.5, 1, 0),
        candidate(title, 1, 0.9, 0, 1),
        candidate(title, 1, 0.8, 0, 1),
        candidate(title, 2, 0.1, -1, 0),
    ]
    assert [(each.shot, each.score) for each in choose(found, 10)] == [(1, 0.9), (0, 0.5), (2, 0.1)]
    assert len(choose(found, 2)) == 2
    assert choose([], 2) == []


def test_what_looks_like_one_before_comes_later(title: IndexedTitle) -> None:
    found = [
        candidate(title, 0, 0.9, 1, 0),
        candidate(title, 1, 0.8, 1, 0),
        candidate(title, 2, 0.6, 0, 1),
    ]
    assert [each.shot for each in choose(found, 3)] == [0, 2, 1]


def test_every_still_lies_in_its_shot_and_in_the_spans(title: IndexedTitle) -> None:
    found = candidates(title, SETTINGS)
    assert found
    for each in found:
        shot = title.shots[each.shot]
        assert shot.start_frame <= each.frame < shot.end_frame
        assert np.linalg.norm(each.look) == pytest.approx(1, abs=1e-5)
    span = (title.shots[1].start_frame, title.shots[1].end_frame)
    assert {each.shot for each in candidates(title, SETTINGS, [span])} <= {1}
    assert candidates(title, SETTINGS, []) == []


def test_stills_with_text_are_left_out(title: IndexedTitle) -> None:
    (first, *_) = found = candidates(title, SETTINGS)
    other = IndexedTitle(title.manifest, title.catalogue)
    read = list(title.text_on_screen)
    known = read[first.shot].stills
    read[first.shot] = ReadShot((*known, ScreenStill(first.frame, 1)))
    other.__dict__["text_on_screen"] = read
    left = {each.frame for each in candidates(other, SETTINGS)}
    assert first.frame not in left
    assert left < {each.frame for each in found}


def test_black_is_no_artwork(title: IndexedTitle) -> None:
    frame, quality = next(iter(title.qualities.items()))
    black = replace(quality, light=0.0, contrast=0.0, dark=1.0, detail=0.0, colour=0.0)
    other = IndexedTitle(title.manifest, title.catalogue)
    other.__dict__["qualities"] = {**title.qualities, frame: black}
    assert frame not in {each.frame for each in candidates(other, SETTINGS)}
