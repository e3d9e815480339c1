"""Metadata from file names: ``Name (2010)``, ``Series S01E02 Name``, release names.

The package guessit knows the conventions of release names. It also finds them in ordinary names
(``Apollo 13`` is not a thirteenth episode), so its answer counts only if the name clearly follows
the conventions: a season with an episode, a year in brackets or in a name with dots, a picture
size or a codec.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from indexer.characters import one_line

if TYPE_CHECKING:
    from rebulk.match import Match

    Matches = Mapping[str, Sequence[Match]]

_SEPARATORS = " ._-()[]{}"
_CLEAR = ("screen_size", "video_codec")
"""What is no word of a name; of Charlotte's Web, guessit takes the Web for a source."""
_BEFORE_CLEAR = ("source", "language", "subtitle_language", "edition", "streaming_service")
"""What may stand between the name and its clear end."""
_BRACKET = re.compile(r"[(\[]\d?$")
_UNSURE = {"weak-episode", "weak.source"}
"""guessit's tags for what a number or a word might mean."""


def from_name(stem: str) -> dict[str, Any]:
    """Return the fields of ``Metadata`` in a file's name; ``name`` is always among them."""
    stem = one_line(stem)
    found = _guessed(stem)
    begin = _begin(stem, found)
    if (episode := _episode(stem, begin, found)) is not None:
        return episode
    year = _year(stem, found)
    if year is not None and (name := _name(stem, begin, year.start, found)):
        return {"name": name, "year": year.value}
    end = _clear_end(stem, found)
    name = _name(stem, begin, end, found) if end is not None else None
    return {"name": name or _spaced(stem) or stem or "untitled"}


def _guessed(stem: str) -> "Matches":
    """Return guessit's properties of a name."""
    # It takes a tenth of a second to import, and most commands read no name.
    from guessit import guessit
    from guessit.api import GuessitException

    try:
        found: Any = guessit(f"{stem}.mkv")
    except GuessitException:
        return {}
    matches: Matches = found.matches
    return matches


def _begin(stem: str, found: "Matches") -> int:
    """Return where the name begins: after a web site, or a group in brackets."""
    before = list(found.get("website", ()))
    if stem.startswith("["):
        before += found.get("release_group", ())
    return max((match.end for match in before if not _words(stem[: match.start])), default=0)


def _episode(stem: str, begin: int, found: "Matches") -> dict[str, Any] | None:
    """Return the fields of an episode, if the name has a season and an episode."""
    seasons, episodes = _sure(found, "season"), _sure(found, "episode")
    if not seasons or not episodes:
        return None
    series = _name(stem, begin, min(match.initiator.start for match in seasons), found)
    if not series:
        return None
    season, episode = seasons[0].value, episodes[0].value
    titles = [match.value for match in found.get("episode_title", ()) if _words(match.value)]
    name = titles[0] if titles else f"{series} S{season:02}E{episode:02}"
    return {"name": name, "series": series, "season": season, "episode": episode}


def _year(stem: str, found: "Matches") -> "Match | None":
    """Return the year of a film: one in brackets, or any in a release name."""
    years = found.get("year", ())
    released = any(name in found for name in _CLEAR) or ("." in stem and " " not in stem)
    bracketed = (match for match in years if _BRACKET.search(stem, 0, match.start + 1))
    return next(bracketed, years[0] if years and released else None)


def _clear_end(stem: str, found: "Matches") -> int | None:
    """Return where the name ends because technical words begin."""
    end = min((match.start for name in _CLEAR for match in found.get(name, ())), default=None)
    if end is None:
        return None
    before = [match for name in _BEFORE_CLEAR for match in _sure(found, name)]
    for match in sorted(before, key=lambda each: -each.start):
        if match.end <= end and not _words(stem[match.end : end]):
            end = match.start
    return end


def _name(stem: str, begin: int, end: int, found: "Matches") -> str | None:
    """Return the name between two places; in guessit's spelling if that is the same name."""
    raw = stem[begin:end]
    for title in found.get("title", ()) if " " not in raw else ():
        around = stem[begin : title.start] + stem[title.end : end]
        if begin <= title.end <= end and not _words(around):
            return str(title.value)
    return _spaced(raw) or None


def _sure(found: "Matches", name: str) -> list["Match"]:
    return [match for match in found.get(name, ()) if not _UNSURE & set(match.tags)]


def _words(text: str) -> str:
    return text.strip(_SEPARATORS)


def _spaced(name: str) -> str:
    """Return a name with spaces in place of dots and underscores."""
    name = name.strip(" -._")
    return name if " " in name else re.sub(r"[._]+", " ", name)
