"""Words of a search in double quotes."""

import pytest

from app.search.quotes import find_phrase, phrases, unquoted


def test_phrases_are_what_stands_in_quotes() -> None:
    assert phrases('a "lone hunter" in “the snow” and "…"') == ["lone hunter", "the snow"]
    assert phrases('an open " quote') == []
    assert unquoted('a "lone hunter" again') == "a lone hunter again"


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("lone hunter", "Lone, hunter"),
        ("dont stop", "Don't stop"),
        ("cafe", "café"),
        ("hunter lone", None),
        ("lone hunt", None),
        ("…", None),
    ],
)
def test_a_phrase_is_found_word_for_word(phrase: str, found: str | None) -> None:
    text = "A Lone, hunter! Don't stop at the café."
    span = find_phrase(text, phrase)
    assert (text[slice(*span)] if span else None) == found
