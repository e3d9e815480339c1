"""The fields of a title's metadata, and the valid values of each.

Of a value from a sidecar, the valid part is used and a warning names the rest. An invalid value
that a person sets is refused as a whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from indexer.characters import clean, excerpt, one_line
from indexer.errors import ReelfindError
from indexer.languages import named_language, short_code
from indexer.records import Metadata

KNOWN = tuple(field.name for field in fields(Metadata))
LISTS = frozenset({"genres", "tags"})
NUMBERS = frozenset({"season", "episode", "year", "audio_track"})

HIGHEST_NUMBER = 100_000
"""Of a season, an episode or a year; the lowest is 0."""
LONGEST_NAME = 500
"""Letters of a title's or a series' name."""
LONGEST_SYNOPSIS = 20_000
LONGEST_WORD = 200
"""Letters of a genre, of a tag, and of an id and its kind."""
LONGEST_LANGUAGE = 35
MOST_WORDS = 100
"""Genres, tags or ids of a title."""

Valid = tuple[Any, list[str]]
"""What is valid of a value (None: nothing), and what is wrong with the rest."""


def is_empty(value: object) -> bool:
    """Return whether a value is empty."""
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def checked(name: str, value: object, where: str) -> object:
    """Return a value that a person set, in its field's type.

    Raises:
        ReelfindError: it has another type or is out of bounds, or there is no such field.
    """
    if name not in KNOWN:
        raise ReelfindError(f"{where}: unknown field `{name}`; the fields are {', '.join(KNOWN)}")
    valid, problems = read_field(name, value)
    if problems:
        raise ReelfindError(f"{where}: {name}: {problems[0]}")
    return valid


def within_bounds(metadata: Metadata) -> Metadata:
    """Return metadata with its valid values; versions without bounds may have stored others."""
    valid = {name: read_field(name, getattr(metadata, name))[0] for name in KNOWN}
    known = {name: value for name, value in valid.items() if not is_empty(value)}
    return Metadata(**{"name": metadata.name[:LONGEST_NAME], **known})


def read_field(name: str, value: object) -> Valid:
    """Return the valid part of a value of the field ``name``."""
    if name in NUMBERS:
        return _number(value)
    if name in LISTS:
        return _words(value)
    if name == "ids":
        return _ids(value)
    if not isinstance(value, str):
        return None, [f"{excerpt(value)} is not text; put it in quotes"]
    if name == "language":
        return _language(value)
    if name == "synopsis":
        return _text(clean(value).strip(), LONGEST_SYNOPSIS)
    return _text(one_line(value), LONGEST_NAME)


def _number(value: object) -> Valid:
    number = _whole(value)
    if number is None:
        return None, [f"{excerpt(value)} is not a whole number; correct it"]
    if not 0 <= number <= HIGHEST_NUMBER:
        return None, [f"{excerpt(value)} is not between 0 and {HIGHEST_NUMBER:,}; correct it"]
    return number, []


def _whole(value: object) -> int | None:
    """Return a whole number; spreadsheets may write 2010 as 2010.0."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    try:
        text = str(value).strip().removesuffix(".0")
        return int(text) if isinstance(value, float | str) else None
    except ValueError:
        return None


def _words(value: object) -> Valid:
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        return None, [f'{excerpt(value)} is not a list of words; write it as ["a", "b"]']
    problems = []
    if any(not isinstance(part, str) for part in parts):
        problems.append('not a list of words; write it as ["a", "b"]')
    words = dict.fromkeys(one_line(part) for part in parts if isinstance(part, str))
    return _some(tuple(words), problems)


def _some(words: Iterable[str], problems: list[str]) -> Valid:
    """Return the valid words: not empty, not too long, and no more than allowed."""
    good, wrong = [], problems
    for word in words:
        valid, problem = _text(word, LONGEST_WORD)
        wrong += problem
        good += [valid] if valid else []
    if len(good) > MOST_WORDS:
        wrong.append(f"{len(good):,} are more than {MOST_WORDS}; shorten the list")
    return tuple(good[:MOST_WORDS]), wrong


def _ids(value: object) -> Valid:
    if not isinstance(value, Mapping):
        return None, [f'{excerpt(value)} is not an object; write it as {{"eidr": "10.5240/…"}}']
    ids: dict[str, str] = {}
    problems: list[str] = []
    for key, part in value.items():
        if not isinstance(part, str | int | float):
            problems.append(f"{excerpt(key)} has no text or number; correct it")
            continue
        named, problem = _some([one_line(str(key)), one_line(str(part))], [])
        problems += problem
        if len(named) == 2 and len(ids) < MOST_WORDS:
            ids[named[0]] = named[1]
    if len(value) > MOST_WORDS:
        problems.append(f"{len(value):,} are more than {MOST_WORDS}; shorten the list")
    return ids, problems


def _language(value: str) -> Valid:
    known = len(value) <= LONGEST_LANGUAGE
    code = (named_language(value.strip()) or short_code(value)) if known else None
    if code is None:
        return None, [f"{excerpt(value)} is not a language code; write `en`"]
    return code, []


def _text(text: str, longest: int) -> Valid:
    """Return a text that is not too long; blanks alone count as empty."""
    if len(text) > longest:
        return None, [f"{len(text):,} letters are more than {longest:,}; shorten it"]
    return text or None, []
