"""Which words of a query are read as preferences."""

import pytest

from app.search.preferences import RULES, read_preferences, says_more
from indexer.traits import VALUES


def read(text: str, *as_words: str) -> list[tuple[str, str, list[str]]]:
    found = read_preferences(text, as_words)
    return [(each.said, each.filter, each.values) for each in found]


@pytest.mark.parametrize(
    ("text", "filter_", "value"),
    [
        ("a girl at night", "brightness", "dark"),
        ("a night scene in the city", "brightness", "dark"),
        ("a dimly lit corridor", "brightness", "dark"),
        ("a brightly lit kitchen", "brightness", "bright"),
        ("cold colours", "temperature", "cold"),
        ("a B&W interview", "colour", "black-and-white"),
        ("Black and white archive footage", "colour", "black-and-white"),
        ("an orange sky", "colour", "orange"),
        ("a frantic chase", "motion", "lively"),
        ("a slow pan over the hills", "camera", "pan"),
        ("zoom in on a door", "camera", "zoom"),
        ("a close-up of a girl", "shot_size", "close-up"),
        ("closeup of hands", "shot_size", "close-up"),
        ("an extreme close-up of an eye", "shot_size", "extreme-close-up"),
        ("medium close up, a man talks", "shot_size", "medium-close-up"),
        ("two people in a car", "people", "2"),
        ("a street with no people", "people", "0"),
        ("a walk in the woods with music", "sound", "music"),
        ("somebody talks in a car", "sound", "speech"),
        ("a quiet moment", "loudness", "silent"),
        ("a loud machine", "loudness", "loud"),
        ("closing credits", "onscreen", "credits"),
        ("a title card", "onscreen", "text"),
    ],
)
def test_words_of_the_picture_are_preferences(text: str, filter_: str, value: str) -> None:
    assert [(kind, values[0]) for _, kind, values in read(text)] == [(filter_, value)]


@pytest.mark.parametrize(
    "text",
    [
        "a red-haired woman",
        "the knight",
        "a pancake",
        "a frying pan",
        "redwood trees",
        "tilted head",
        "he is still searching",
        "night watch",
        "two peoples at war",
        "people playing music",
        "a loudspeaker",
        'a man says "at night"',
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert read(text) == []


def test_of_two_readings_the_longer_one_counts_and_what_is_said_twice_once() -> None:
    assert read("a dark night scene") == [("dark", "brightness", ["dark"])]
    assert read("a static camera") == [("static camera", "camera", ["fixed"])]


def test_what_is_to_be_read_as_words_is_no_preference() -> None:
    assert read("a red car at night", "At Night") == [("red", "colour", ["red"])]


def test_kinds_that_the_index_lacks_are_no_preference() -> None:
    assert read_preferences("a red car at night", missing={"brightness", "colour"}) == []


@pytest.mark.parametrize(
    ("text", "more"),
    [("at night", False), ("a dark, static shot", False), ("a dark street", True)],
)
def test_a_query_may_say_nothing_else(text: str, more: bool) -> None:
    assert says_more(text, read_preferences(text)) is more


def test_every_preference_is_a_trait() -> None:
    for _, kind, values in RULES:
        assert set(values) <= set(VALUES[kind])
