"""People in the database: found again, named, merged, split, hidden and deleted."""

import pytest
from sqlalchemy import func, select

from app.database.engine import Database
from app.database.tables import FACE_GROUPS, PEOPLE
from app.people.records import GroupOfTitle, PeopleError, Person, UnknownPersonError
from app.people.store import PeopleStore
from tests.app.people.faces import fill, group


def owner(store: PeopleStore, title_id: str, number: int) -> Person:
    (found,) = [
        each
        for each in store.all(hidden=True)
        if (title_id, number) in {(own.title_id, own.number) for own in each.groups}
    ]
    return found


def test_people_keep_their_ids_when_titles_are_added_and_indexed_again(database: Database) -> None:
    store = PeopleStore(database)
    assert store.all() == []
    fill(database, {"one": [group(0, 1, 9), group(1, 2)]})
    ann, bob = owner(store, "one", 0), owner(store, "one", 1)
    assert ann.id != bob.id
    assert (ann.faces, ann.shots, ann.name, ann.hidden) == (9, 2, "", False)
    store.rename(ann, " Ann  Lee ")
    fill(database, {"two": [group(0, 2, off=0.2), group(1, 3), group(2, 1, off=0.3)]})
    assert owner(store, "two", 0).id == bob.id
    assert owner(store, "two", 2).id == ann.id
    assert owner(store, "two", 1).id not in (ann.id, bob.id)
    # Other settings give the same title other groups.
    fill(database, {"one": [group(0, 2), group(1, 1, off=-0.1), group(2, 1, off=-0.2)]}, "b")
    assert [owner(store, "one", each).id for each in range(3)] == [bob.id, ann.id, ann.id]
    assert store.find("ann LEE").name == "Ann Lee"


def test_who_is_far_from_all_is_somebody_new(database: Database) -> None:
    fill(database, {"one": [group(0, 1)], "two": [group(0, 1, off=0.4)]})
    assert len(PeopleStore(database).all()) == 2


def test_somebody_without_name_and_faces_is_gone_and_one_with_a_name_stays(
    database: Database,
) -> None:
    store = PeopleStore(database)
    fill(database, {"one": [group(0, 1), group(1, 2)]})
    store.rename(owner(store, "one", 0), "Ann")
    fill(database, {"one": []}, "b")
    (left,) = store.all()
    assert (left.name, left.groups) == ("Ann", [])
    assert store.groups(["ann"]) == {}


def test_a_name_is_one_persons(database: Database) -> None:
    store = PeopleStore(database)
    fill(database, {"one": [group(0, 1), group(1, 2)]})
    ann = store.rename(owner(store, "one", 0), "Ann")
    with pytest.raises(PeopleError, match="ANN: somebody has this name already; merge"):
        store.rename(owner(store, "one", 1), "ANN")
    with pytest.raises(PeopleError, match="has up to 200 letters"):
        store.rename(ann, "A" * 201)
    assert store.rename(ann, "").shown_name == f"Unnamed {ann.id[:4]}"
    with pytest.raises(UnknownPersonError, match="Ann: no such person"):
        store.find("Ann")
    store.rename(owner(store, "one", 1), "Ann")


def test_merged_people_are_one_and_split_ones_two(database: Database) -> None:
    store = PeopleStore(database)
    fill(database, {"one": [group(0, 1), group(1, 2)], "two": [group(0, 3)]})
    first, second = owner(store, "one", 0), owner(store, "one", 1)
    third = store.rename(owner(store, "two", 0), "Ann")
    one = store.merge(first, [second, third, first])
    assert (one.id, one.name, len(one.groups)) == (first.id, "Ann", 3)
    assert [each.id for each in store.all()] == [first.id]
    assert store.groups(["Ann"]) == store.groups([first.id]) == {"one": [0, 1], "two": [0]}
    new = store.split(one, [GroupOfTitle(title_id="one", number=1)])
    assert [(each.title_id, each.number) for each in new.groups] == [("one", 1)]
    assert store.groups(["Ann"]) == {"one": [0], "two": [0]}
    everything = [GroupOfTitle(title_id="one", number=0), GroupOfTitle(title_id="two", number=0)]
    for wrong in ([], everything, [GroupOfTitle(title_id="three", number=0)]):
        with pytest.raises(PeopleError, match="give some of them, not all"):
            store.split(store.find("Ann"), wrong)
    # What somebody parted stays so when the title is indexed again.
    fill(database, {"one": [group(0, 1), group(1, 2)]}, "b")
    assert owner(store, "one", 1).id == new.id


def test_who_is_hidden_is_left_out_and_can_be_found(database: Database) -> None:
    store = PeopleStore(database)
    fill(database, {"one": [group(0, 1), group(1, 2)]})
    ann = store.rename(owner(store, "one", 0), "Ann")
    assert store.named() == {ann.id: {"one": [0]}}
    assert store.hide(ann).hidden
    assert ann.id not in {each.id for each in store.all()}
    assert store.named() == {}
    assert store.find(ann.id).name == "Ann"
    assert not store.hide(ann, hidden=False).hidden


def test_all_is_deleted(database: Database) -> None:
    store = PeopleStore(database)
    fill(database, {"one": [group(0, 1), group(1, 2)]})
    assert store.delete_all() == 2
    with database.read("people") as connection:
        for table in (PEOPLE, FACE_GROUPS):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
    assert store.delete_all() == 0
