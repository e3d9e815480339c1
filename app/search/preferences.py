"""Plain words of a query that tell how it looks and sounds: "at night", "a slow pan", "quiet".

They are read as preferences: hits that fulfil them come first, and no hit is left out. Each is
named in the answer, and can be switched off, see ``SearchRequest.as_words``.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from qdrant_client import models

from app.records import Preference
from app.search.quotes import outside_quotes
from indexer.store.sparse import Bm25Words
from indexer.traits import FIELD, stored

_GENERAL = re.compile(
    r"\b(?:shots?|scenes?|clips?|moments?|footage|pictures?|images?|takes?|camera|something)\b",
    re.IGNORECASE,
)
"""Words that say no more than that a clip is wanted."""

_WORDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    r"(?:at|by|in the) night|night[- ]?time|nights?(?= (?:scene|shot))": ("brightness", ("dark",)),
    r"dark(?:ness|ly lit)?|dim(?:ly lit)?|in the dark|low[- ]key": ("brightness", ("dark",)),
    r"bright(?:ly lit)?|high[- ]key|in (?:broad|bright) daylight": ("brightness", ("bright",)),
    r"warm (?:light|colou?rs?|tones?)|at dusk|sunset|golden hour": ("temperature", ("warm",)),
    r"cold (?:light|colou?rs?|tones?)|cool (?:light|colou?rs?|tones?)": ("temperature", ("cold",)),
    r"black[- ]and[- ]white|b&w|monochrome": ("colour", ("black-and-white",)),
    r"motionless|still(?= shot)|static|nothing moves|stillness": ("motion", ("static",)),
    r"calm|slow[- ]moving": ("motion", ("static", "calm")),
    r"lively|hectic|frantic|fast[- ]moving|lots? of movement": ("motion", ("lively",)),
    r"locked[- ]off|on a tripod|fixed camera|static camera": ("camera", ("fixed",)),
    r"(?:slow |quick )?pan(?:ning)?(?: shot| left| right| over| across)|panning|camera pans?|"
    r"(?:slow|quick) pan": ("camera", ("pan",)),
    r"tilt(?:ing)?(?: shot| up| down)|camera tilts?": ("camera", ("tilt",)),
    r"extreme close[- ]?ups?": ("shot_size", ("extreme-close-up",)),
    r"close[- ]?ups?": ("shot_size", ("close-up", "extreme-close-up")),
    r"medium close[- ]?ups?|head and shoulders": ("shot_size", ("medium-close-up",)),
    r"medium shots?|mid[- ]shots?": ("shot_size", ("medium", "medium-close-up")),
    r"one person|a person alone": ("people", ("1",)),
    r"two (?:people|persons|faces|men|women|girls|boys)|two[- ]shots?": ("people", ("2",)),
    r"(?:three|several|many) (?:people|persons|faces)|group shots?": ("people", ("3+",)),
    r"no people|without people|empty of people": ("people", ("0",)),
    r"(?:with|over|under|set to) music|music plays": ("sound", ("music",)),
    r"(?:with|over) (?:speech|voices)|(?:someone|somebody) (?:talks|talking|speaks|speaking)": (
        "sound",
        ("speech",),
    ),
    r"quiet(?:ly)?|in silence|silent": ("loudness", ("silent", "quiet")),
    r"loud(?:ly)?|noisy": ("loudness", ("loud",)),
    r"zoom(?:s|ing)?(?: (?:in|out))?|push[- ]in": ("camera", ("zoom",)),
    r"(?:closing |opening |end |rolling )?credits|credit roll": ("onscreen", ("credits",)),
    r"title cards?|(?:text|words|writing|captions?) on (?:the )?screen|on[- ]screen text": (
        "onscreen",
        ("text", "credits"),
    ),
}
"""What is said, as a regular expression, and the trait that it asks for: any of the values."""

_HUES = ("red", "orange", "brown", "yellow", "green", "turquoise", "blue", "purple", "pink")


def _rules() -> Iterator[tuple[re.Pattern[str], str, tuple[str, ...]]]:
    for said, (kind, values) in _WORDS.items():
        yield re.compile(rf"(?<![\w-])(?:{said})(?![\w-])", re.IGNORECASE), kind, values
    for hue in _HUES:
        yield re.compile(rf"(?<![\w-]){hue}(?![\w-])", re.IGNORECASE), "colour", (hue,)


RULES = tuple(_rules())


def read_preferences(
    text: str, as_words: Collection[str] = (), missing: Collection[str] = ()
) -> list[Preference]:
    """Return what a query prefers, in the order of its words.

    Where two readings overlap, the longer one counts; what is said twice counts once.

    Args:
        text: the query.
        as_words: words that are no preference.
        missing: kinds of traits that the index lacks.
    """
    literal = {each.casefold() for each in as_words}
    found = [
        (match.start(), match.end(), Preference(said=match[0], filter=kind, values=list(values)))
        for pattern, kind, values in RULES
        if kind not in missing
        for match in pattern.finditer(outside_quotes(text))
    ]
    kept: list[tuple[int, int, Preference]] = []
    for start, end, each in sorted(found, key=lambda one: one[0] - one[1]):
        if all(end <= first or last <= start for first, last, _ in kept):
            kept.append((start, end, each))
    wanted: dict[tuple[str, ...], Preference] = {}
    for _, _, each in sorted(kept, key=lambda one: one[0]):
        if each.said.casefold() not in literal:
            wanted.setdefault((each.filter, *each.values), each)
    return list(wanted.values())


def says_more(text: str, preferences: Sequence[Preference]) -> bool:
    """Return whether a query has words beside its preferences."""
    for each in preferences:
        text = text.replace(each.said, " ", 1)
    return Bm25Words().query(_GENERAL.sub(" ", text)) is not None


def condition(preference: Preference) -> models.Filter:
    """Return the condition of shots that fulfil a preference."""
    values = [stored(preference.filter, each) for each in preference.values]
    return models.Filter(must=[models.FieldCondition(key=FIELD, match=models.MatchAny(any=values))])
