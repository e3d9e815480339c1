"""Who is nearest to a face: compared with looking at every group."""

import numpy as np
import pytest

from app.database.engine import Database
from app.people import nearest
from app.people.nearest import nearest_people
from app.people.store import PeopleStore
from indexer.who.table import FaceGroup, KnownFace
from tests.app.people.faces import fill


def group(number: int, vector: np.ndarray[tuple[int], np.dtype[np.float32]]) -> FaceGroup:
    own = tuple(vector.tolist())
    return FaceGroup(number, 3, 2, KnownFace(0, 0, number, 0.4, 0.2, 0.6, 0.7, 0.5, own), own)


def test_those_who_are_near_come_in_order(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "_AT_ONCE", 7)
    vectors = np.random.default_rng(4).random((20, 3), np.float32)
    fill(database, {"one": [group(number, each) for number, each in enumerate(vectors)]})
    # Of another network: they cannot be compared.
    fill(database, {"two": [group(0, np.zeros(2, np.float32))]})
    owners = {
        own.number: each.id
        for each in PeopleStore(database).all()
        for own in each.groups
        if own.title_id == "one"
    }
    assert len(set(owners.values())) == len(vectors)
    asked = np.array([[0.5, 0.5, 0.5], [9, 9, 9]], np.float32)
    with database.read("people") as connection:
        found, none = nearest_people(connection, asked, 0.4)
        assert nearest_people(connection, asked[:0], 0.4) == []
    distances = np.linalg.norm(vectors - asked[0], axis=1)
    expected = [owners[int(each)] for each in np.argsort(distances) if distances[each] <= 0.4]
    assert len(expected) > 3
    assert list(found) == expected
    assert list(found.values()) == pytest.approx(sorted(distances)[: len(expected)], abs=1e-6)
    assert none == {}


def test_a_person_of_several_groups_is_as_near_as_the_nearest(database: Database) -> None:
    far, near = np.array([0, 1], np.float32), np.array([0, 0.2], np.float32)
    fill(database, {"one": [group(0, far), group(1, near)]})
    store = PeopleStore(database)
    first, second = store.all()
    one = store.merge(first, [second])
    with database.read("people") as connection:
        (found,) = nearest_people(connection, np.zeros((1, 2), np.float32), 2)
    assert found == {one.id: pytest.approx(0.2)}
