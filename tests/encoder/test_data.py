from collections.abc import Callable

import numpy as np
import pytest

from encoder.batches import TitleSequence
from encoder.data import TrainingData, split_titles

MakeTitle = Callable[..., TitleSequence]


@pytest.mark.parametrize(("count", "expected"), [(1, 0), (2, 1), (3, 1), (40, 4)])
def test_titles_are_set_aside(make_title: MakeTitle, count: int, expected: int) -> None:
    titles = [make_title(str(i), 3, seed=i) for i in range(count)]
    train, validation = split_titles(titles, 0.1)
    assert len(validation) == expected
    assert {t.title_id for t in (*train, *validation)} == {str(i) for i in range(count)}
    again = split_titles(titles[::-1], 0.1)[1]
    assert [t.title_id for t in again] == [t.title_id for t in validation]


def test_a_title_stays_on_its_side_when_others_are_added(make_title: MakeTitle) -> None:
    titles = [make_title(str(i), 3) for i in range(400)]
    before = {t.title_id for t in split_titles(titles[:200], 0.1)[1]}
    after = {t.title_id for t in split_titles(titles, 0.1)[1]}
    kept = before & after
    assert len(kept) > 0.8 * len({i for i in after if int(i) < 200})


def test_the_digest_stands_for_every_embedding(make_title: MakeTitle) -> None:
    titles = [make_title("a", 5), make_title("b", 4, seed=1)]
    digest = TrainingData(titles, (), "lite").digest
    assert digest == TrainingData(titles[::-1], (), "lite").digest
    moved = titles[1].fused.copy()
    moved[2, 3] = np.nextafter(moved[2, 3], np.float32(2))
    other = TitleSequence("b", moved, titles[1].metadata)
    different = [
        TrainingData([titles[0], other], (), "lite"),
        TrainingData(titles[:1], titles[1:], "lite"),
        TrainingData(titles, (), "base"),
        TrainingData(
            [titles[0], TitleSequence("c", titles[1].fused, titles[1].metadata)], (), "lite"
        ),
    ]
    assert len({digest, *(each.digest for each in different)}) == 5
