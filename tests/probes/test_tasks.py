"""The shipped vocabularies, and what a user may declare beside them."""

from collections.abc import Mapping
from typing import Any

import pytest

from probes.tasks import (
    AD_RELEVANCY,
    CLIP_WORTHINESS,
    GENRE,
    POPULARITY,
    TONE,
    TaskError,
    known_tasks,
)

TASKS = known_tasks()
FIT = {"name": "fit", "meaning": "suits the brand", "prompts": ["a can"], "against": ["a mess"]}


def test_the_shipped_tasks_are_five() -> None:
    assert list(TASKS) == sorted([TONE, GENRE, CLIP_WORTHINESS, POPULARITY, AD_RELEVANCY])
    assert [task.kind for task in TASKS.values()] == (
        ["multi-label", "binary", "multi-label", "ranking", "multi-label"]
    )
    assert [name for name, task in TASKS.items() if task.level == "title"] == [GENRE]


@pytest.mark.parametrize("name", TASKS)
def test_every_class_has_a_meaning_of_one_line_and_prompts_of_its_own(name: str) -> None:
    classes = TASKS[name].classes
    assert len({each.name for each in classes}) == len(classes)
    assert all(each.meaning.strip() and "\n" not in each.meaning for each in classes)
    prompts = [prompt for each in classes for prompt in each.prompts]
    assert len(set(prompts)) == len(prompts) >= 2 * len(classes)


def test_tone_has_a_hundred_classes_in_eleven_groups() -> None:
    classes = TASKS[TONE].classes
    assert len(classes) == 100
    assert len({each.group for each in classes} - {""}) == 11
    assert all(each.group and len(each.prompts) == 3 for each in classes)


def test_the_genres_are_the_published_eleven() -> None:
    assert TASKS[GENRE].class_names == (
        *("action", "anime", "comedy", "documentary", "drama", "fantasy"),
        *("horror", "kids", "romance", "sci-fi", "thriller"),
    )


def test_ad_categories_are_the_first_tier_of_the_content_taxonomy() -> None:
    task = TASKS[AD_RELEVANCY]
    titles = {each.id: each.title for each in task.classes}
    assert task.cattax == 9
    assert len(titles) == len(task.classes) == 37
    assert len(set(titles.values())) == 37
    # Rows without a parent in the published table: the first, the last and an id with letters.
    published = {"150": "Attractions", "389": "War and Conflicts", "v9i3On": "Sensitive Topics"}
    assert published.items() <= titles.items()
    assert {each.name for each in task.classes if len(each.prompts) != 3} == {"genres"}
    assert "genres" not in {each.name for each in task.prompted}


def test_a_task_of_the_users_own_stands_beside_the_shipped_ones() -> None:
    tasks = known_tasks({"brand-fit": {"kind": "binary", "classes": [FIT]}})
    task = tasks["brand-fit"]
    assert (task.kind, task.level, task.class_names) == ("binary", "clip", ("fit",))
    assert "average precision" in task.metric
    assert tasks[TONE] == TASKS[TONE]


def test_classes_are_added_to_a_shipped_task_and_known_ones_reworded() -> None:
    more = [{"name": "sad", "prompts": ["a broken toy"]}, {"name": "hygge", "meaning": "snug"}]
    task = known_tasks({TONE: {"classes": more}})[TONE]
    assert task.class_names == (*TASKS[TONE].class_names, "hygge")
    sad, was = (next(c for c in t.classes if c.name == "sad") for t in (task, TASKS[TONE]))
    assert (sad.prompts, sad.meaning, sad.group) == (("a broken toy",), was.meaning, was.group)
    assert "hygge" not in {each.name for each in task.prompted}
    assert task.fingerprint != TASKS[TONE].fingerprint


def test_the_fingerprint_is_of_the_content() -> None:
    same = {"kind": "multi-label", "classes": [{"name": "sad", "group": "sorrow"}]}
    assert known_tasks({TONE: same})[TONE] == TASKS[TONE]


def test_one_class_with_prompts_has_nothing_to_be_set_against() -> None:
    classes = [{"name": "a", "prompts": ["a"]}, {"name": "b"}]
    assert known_tasks({"x": {"kind": "multi-label", "classes": classes}})["x"].prompted == ()


@pytest.mark.parametrize(
    ("name", "declared", "reason"),
    [
        ("fit", {"kind": "binary"}, "task fit: no classes"),
        ("fit", {"kind": "binary", "classes": []}, "task fit: no classes"),
        ("fit", {"classes": [FIT]}, "task fit: kind must be one of multi-label, binary, ranking"),
        ("fit", {"kind": "other", "classes": [FIT]}, "task fit: kind must be"),
        ("fit", {"kind": "binary", "level": "shot", "classes": [FIT]}, "level must be one of"),
        ("brand_fit", {"kind": "binary", "classes": [FIT]}, "task brand_fit: a name has lowercase"),
        ("fit", {"kind": "binary", "classes": [FIT | {"name": "Fit!"}]}, "class 'Fit!': a name"),
        ("fit", {"kind": "multi-label", "classes": [{"name": "a"}] * 2}, "class a is declared twi"),
        ("fit", {"kind": "binary", "classes": [{"name": "a"}, {"name": "b"}]}, "has one class"),
        (
            "fit",
            {"kind": "binary", "classes": [FIT | {"against": []}]},
            "class fit: a binary class",
        ),
        ("fit", {"kind": "multi-label", "classes": [FIT]}, "class fit: `against` is for binary"),
        ("fit", {"kind": "binary", "classes": [FIT | {"prompts": "a can"}]}, "must be a list"),
        ("fit", {"kind": "binary", "classes": [FIT | {"prompts": [" "]}]}, "is empty"),
        ("fit", {"kind": "binary", "classes": [FIT | {"colour": "red"}]}, "unknown field colour"),
        ("fit", {"kind": "binary", "classes": [FIT], "metric": "f1"}, "unknown field metric"),
        (TONE, {"kind": "binary", "classes": [FIT]}, "task tone: its kind is multi-label and can"),
        (TONE, {"level": "title", "classes": [{"name": "a"}]}, "task tone: its level is clip"),
        (TONE, {"classes": [{"name": "sad"}, {"name": "sad"}]}, "class sad is declared twice"),
    ],
)
def test_what_is_no_task_says_why(name: str, declared: Mapping[str, Any], reason: str) -> None:
    with pytest.raises(TaskError) as raised:
        known_tasks({name: declared})
    assert reason in str(raised.value)
    assert str(raised.value).startswith(f"task {name}: ")
