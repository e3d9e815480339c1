"""What the text of shots is: credits, burned-in subtitles or other text; and its words."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from indexer.onscreen.names import OnScreen
from indexer.onscreen.records import ReadShot, ScreenLine
from indexer.pipeline_sections import OnScreenSettings
from indexer.records import Shot

_LOW, _MIDDLE, _SUBTITLE_LINES = 0.7, 0.15, 3
"""Subtitles stand below this part of the picture, no farther from its middle than this, and have no
more lines."""
_SUBTITLED = 5
"""Shots with such lines from which a title has subtitles: a place or a name may stand there too."""
_CARDS = 4
"""Shots with text in a row that are credits, at the start or end of a title."""
_RECENT = 40
"""Lines before a line that it may be a reading of: those of the two stills before. An hour in one
shot has thousands."""
_ALIKE = 0.8
"""Share of letters that two readings of one line have in common."""


def kinds_of_shots(
    shots: Sequence[Shot], read: Sequence[ReadShot], settings: OnScreenSettings
) -> list[OnScreen | None]:
    """Return what the text of each shot of a title is; None where it has none."""
    low = [_is_low(each) for each in read]
    subtitled = sum(low) >= _SUBTITLED
    kinds: list[OnScreen | None] = [
        ("subtitles" if subtitled and is_low else "text") if own.lines else None
        for own, is_low in zip(read, low, strict=True)
    ]
    for index in _credits(shots, read, kinds, settings):
        kinds[index] = "credits"
    return kinds


def texts_of(lines: Iterable[ScreenLine]) -> list[str]:
    """Return the lines of a shot or clip once each, in the best of their readings."""
    kept: list[ScreenLine] = []
    for line in lines:
        same = [
            place
            for place, other in enumerate(kept[-_RECENT:], max(0, len(kept) - _RECENT))
            if other.frame != line.frame and _are_alike(other.text, line.text)
        ]
        if not same:
            kept.append(line)
        elif line.score > kept[same[0]].score:
            kept[same[0]] = line
    return list(dict.fromkeys(each.text for each in kept))


def _credits(
    shots: Sequence[Shot],
    read: Sequence[ReadShot],
    kinds: Sequence[OnScreen | None],
    settings: OnScreenSettings,
) -> list[int]:
    """Return the shots with credits: many lines, or a row of cards, near the start or the end."""
    if not shots:
        return []
    length = shots[-1].end_frame
    first, last = settings.credits_part * length, (1 - settings.credits_part) * length
    outer = [shot.start_frame < first or shot.end_frame > last for shot in shots]
    found = [
        index
        for index, own in enumerate(read)
        if outer[index]
        and own.lines
        and any(each.found >= settings.credits_lines for each in own.stills)
    ]
    for is_text, row in groupby(range(len(shots)), lambda each: kinds[each] == "text"):
        several = list(row)
        if is_text and len(several) >= _CARDS and any(outer[each] for each in several):
            found += several
    return found


def _is_low(read: ReadShot) -> bool:
    """Return whether all lines of a shot stand where subtitles do."""
    stills = [list(own) for _, own in groupby(read.lines, lambda each: each.frame)]
    return bool(stills) and all(
        len(own) <= _SUBTITLE_LINES and all(map(_is_subtitle, own)) for own in stills
    )


def _is_subtitle(line: ScreenLine) -> bool:
    middle = (line.box.left + line.box.right) / 2
    return line.box.top >= _LOW and abs(middle - 0.5) <= _MIDDLE


def _are_alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
