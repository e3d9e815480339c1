"""Guesses the encoding of a text that is not UTF-8: the one in which it reads as a language.

Each pair of a language and one of its encodings is scored by how likely it makes the bytes, as a
sum of logarithms: words of the language, its letters outside ASCII, and marks in places where
marks are. The words in ASCII alone often tell the language, so that one accent is enough.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log
from unicodedata import category

from indexer.text.legacy_languages import ALIASES, LANGUAGES, Legacy

SAMPLE = 64 * 1024
"""Bytes of the lines outside ASCII that are looked at, and as many of the others."""

WORD = 2.0
"""For each common word of a language; twice that for one with a letter outside ASCII."""

TAGGED = 12.0
"""For the language that the file's name says."""

LESS_USUAL = 3.0
"""Against each further encoding of a language."""

RARER, RAREST = 1.0, 3.0
"""Against languages that fewer subtitles are in, beside the most spoken of Western Europe."""

WORST = 7.0
"""Mean cost of a character outside ASCII above which a text is in none of the languages: real text
costs 3 to 5.5, random bytes 7.5 and more."""

_COMMONEST = frozenset({"en", "fr", "es", "de", "it", "pt"})
_COMMON = frozenset(
    {"nl", "sv", "da", "no", "fi", "pl", "cs", "hu", "ro", "hr", "tr", "ru", "el", "he", "ar"}
    | {"ja", "zh", "zh-Hant", "ko"}
)
_FOREIGN, _STRANGE, _IMPOSSIBLE = 8.0, 9.0, 15.0
_MARK, _SYMBOL, _FREQUENT, _EVERYDAY, _RARE = 3.5, 6.0, 5.0, 8.0, 11.0
_MISPLACED = 5.0
_MARKS = "’‘“”„‚«»‹›…–—\u00a0。、，！？：；「」『』（）《》・～"
_SYMBOLS = "•·°€£♪♫´§½¶©®™"
_LETTER = r"[^\W\d_¹²³¼½¾]"
_WORDS = re.compile(_LETTER + "+")
_MISPLACED_MARK = re.compile(
    rf"(?<={_LETTER})(?:[‚„¿¡]|[^\w\s\x00-\x7f’‘·´\u00ad](?={_LETTER})|[¹²³¼½¾](?={_LETTER}))"
    rf"|(?<=\d)(?![\x00-\x7f]){_LETTER}|(?![\x00-\x7f]){_LETTER}(?=\d)"
)
"""A mark inside a word, one that opens at a word's end, or a letter beside a digit."""


@dataclass(frozen=True)
class Reading:
    """A text decoded, counted once for all languages that share the encoding."""

    words: Mapping[str, int]
    characters: Mapping[str, int]
    misplaced: int


def guess(content: bytes, language: str | None = None) -> str | None:
    """Return the name of the likeliest encoding, None when the content reads as no language.

    Args:
        content: the whole file; not UTF-8.
        language: of the text as its file's name says, an ISO 639-1 code.
    """
    sample = _sample(content)
    wanted = ALIASES.get(language or "", language)
    readings: dict[str, Reading] = {}
    best: tuple[float, str] | None = None
    for name, legacy in LANGUAGES.items():
        for place, encoding in enumerate(legacy.encodings):
            if encoding not in readings:
                readings[encoding] = _read(sample, encoding)
            cost = _cost(readings[encoding], legacy, encoding)
            cost += LESS_USUAL * place + _rarity(name)
            cost -= TAGGED * (name.partition("-")[0] == wanted)
            if best is None or cost < best[0]:
                best = cost, encoding
    return best[1] if best and _is_text(readings[best[1]], best[0]) else None


def _rarity(language: str) -> float:
    if language in _COMMONEST:
        return 0.0
    return RARER if language in _COMMON else RAREST


def _is_text(reading: Reading, cost: float) -> bool:
    strange = sum(reading.characters.values())
    return cost <= WORST * strange + TAGGED


def _sample(content: bytes) -> bytes:
    """Return a sample of lines: those with characters outside ASCII first, then others."""
    telling: list[bytes] = []
    others: list[bytes] = []
    for line in content.splitlines():
        (others if line.isascii() else telling).append(line)
    return b"\n".join(telling)[:SAMPLE] + b"\n" + b"\n".join(others)[:SAMPLE]


def _read(sample: bytes, encoding: str) -> Reading:
    text = sample.decode(encoding, errors="replace")
    words = Counter(_WORDS.findall(text.lower().replace("i\u0307", "i")))
    characters = Counter(character for character in text if character > "\x7f")
    marks = (match[0] for match in _MISPLACED_MARK.finditer(text))
    misplaced = sum(not category(mark).startswith("M") for mark in marks)
    mixed = sum(count * _oddities(word) for word, count in _strange_words(text).items())
    return Reading(words, characters, misplaced + mixed)


def _strange_words(text: str) -> Mapping[str, int]:
    return Counter(word for word in _WORDS.findall(text) if not word.isascii())


def _oddities(word: str) -> int:
    """Return how often a word changes its script, or from lower to upper case.

    In a Latin word of accented letters only, each letter counts.
    """
    scripts = [_script(character) for character in word]
    changes = sum(a != b for a, b in pairwise(scripts))
    raised = sum(a.islower() and b.isupper() for a, b in pairwise(word))
    accented = len(word) > 2 and not any(scripts) and all(each > "\x7f" for each in word)
    return changes + raised + accented * len(word)


@cache
def _script(character: str) -> int:
    """Return a number of the script that a letter belongs to, by its block of Unicode."""
    code = ord(character)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return 0  # Latin
    if 0x3040 <= code < 0x3100 or 0x4E00 <= code < 0xA000 or code == 0x3005:
        return 1  # kana and Han stand together
    if 0xAC00 <= code < 0xD7B0:
        return 2  # Hangul
    return 3 + (code >> 8 if code < 0x3000 else code >> 12)


def _cost(reading: Reading, legacy: Legacy, encoding: str) -> float:
    """Return the negative logarithm of a text's likelihood, up to a constant."""
    costs = _costs(legacy)
    cost = _MISPLACED * reading.misplaced
    for character, count in reading.characters.items():
        known = costs.get(character, costs.get(character.lower()))
        cost += count * (known if known is not None else _unknown(character, legacy, encoding))
    for word in legacy.words & reading.words.keys():
        cost -= reading.words[word] * WORD * (1 if word.isascii() else 2)
    return cost


@cache
def _costs(legacy: Legacy) -> Mapping[str, float]:
    """Return what each expected character costs; the frequent ones less."""
    costs = dict.fromkeys(_MARKS, _MARK) | dict.fromkeys(_SYMBOLS, _SYMBOL)
    if legacy.level is not None:
        return costs | dict.fromkeys(legacy.letters, _FREQUENT)
    weights = [1 / (place + 3) for place in range(len(legacy.letters))]
    total = sum(weights)
    letters = zip(legacy.letters, weights, strict=True)
    return costs | {letter: -log(weight / total) for letter, weight in letters}


def _unknown(character: str, legacy: Legacy, encoding: str) -> float:
    """Return what a character costs that is not expected in a language."""
    if character == "\ufffd" or "\x80" <= character < "\xa0":
        return _IMPOSSIBLE
    if legacy.level is None:
        return _FOREIGN if character.isalpha() else _STRANGE
    lead = character.encode(encoding, errors="replace")
    everyday = len(lead) == 2 and legacy.level[0] <= lead[0] <= legacy.level[1]
    return _EVERYDAY if everyday else _RARE
