"""Faces of a title that are alike."""

import numpy as np

from indexer.who.grouping import MOST, group_faces


def drawn(
    people: list[int], spread: float = 0.02
) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return an embedding of each person's face: people lie about 1.4 apart."""
    noise = np.random.default_rng(1).normal(0, spread, (len(people), 8))
    return (np.eye(8)[people] + noise).astype(np.float32)


def test_faces_of_a_person_are_one_group_and_the_largest_comes_first() -> None:
    people = [3, 1, 3, 1, 3, 2, 1, 3]
    shots = [0, 0, 1, 1, 2, 2, 3, 3]
    assert group_faces(drawn(people), shots, 0.5, 2) == [0, 1, 0, 1, 0, None, 1, 0]


def test_a_face_of_its_own_is_in_a_group_where_that_is_enough() -> None:
    assert group_faces(drawn([1, 2]), [0, 0], 0.5, 1) == [0, 1]
    assert group_faces(drawn([1]), [4], 0.5, 1) == [0]
    assert group_faces(drawn([]), [], 0.5, 1) == []


def test_a_larger_bound_makes_fewer_groups() -> None:
    people = [0, 1, 0, 1]
    assert set(group_faces(drawn(people), [0, 0, 1, 1], 2.0, 1)) == {0}


def test_a_title_has_so_many_groups_at_most() -> None:
    far = np.arange(MOST + 20, dtype=np.float32)[:, None] * 10
    found = group_faces(far, list(range(len(far))), 0.5, 1)
    assert {each for each in found if each is not None} == set(range(MOST))
    assert found.count(None) == 20
