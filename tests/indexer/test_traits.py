"""Traits of shots, and which of them a clip has."""

from indexer.records import Clip, Shot
from indexer.traits import PERSON, VALUES, own_values, stored, stored_of_clip, values_of_clip
from indexer.versions import ADDED

SHOTS = [Shot(0, 0, 40, "start"), Shot(1, 40, 100, "cut"), Shot(2, 100, 200, "cut")]


def test_a_clip_has_what_holds_for_so_much_of_its_frames() -> None:
    values = [["size:wide"], ["size:close-up", "people:1"], ["people:1"]]
    assert values_of_clip(Clip(0, 0, 2, 0, 100), SHOTS, values, 0.5) == [
        "size:close-up",
        "people:1",
    ]
    assert values_of_clip(Clip(1, 0, 3, 0, 200), SHOTS, values, 0.5) == ["people:1"]
    assert "size:wide" in values_of_clip(Clip(0, 0, 2, 0, 100), SHOTS, values, 0.4)


def test_a_shot_tells_its_own_values_from_those_of_its_clip() -> None:
    own, of_clip = stored("people", "1"), stored_of_clip(stored("people", "2"))
    assert own_values([own, of_clip]) == [own]


def test_every_kind_came_with_a_version() -> None:
    added = [kind for kinds in ADDED.values() for kind in kinds]
    assert sorted(added) == sorted([*VALUES, PERSON])
