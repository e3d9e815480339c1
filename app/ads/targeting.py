"""Checks a brief, and resolves its categories and tones to the names of classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.ads.records import AdBrief, Pacing
from app.search.quotes import unquoted
from app.search.request import RequestError, SearchRequest
from indexer.sections import AdSettings
from probes.tasks import AD_RELEVANCY, TONE, Task

FILTERS = ("title", "title_none", "series", "series_none", "genre", "language")
"""The fields that a brief and a search share."""


@dataclass(frozen=True)
class Targeting:
    """The classes that a brief seeks, avoids and excludes."""

    text: str
    categories: tuple[str, ...]
    tones: tuple[str, ...]
    avoided: tuple[str, ...]
    never_categories: tuple[str, ...]
    never_tones: tuple[str, ...]
    never_words: tuple[str, ...]
    never_score: float
    filters: SearchRequest
    """A search for all clips that the brief's filters and exclusions leave."""

    @property
    def seeks(self) -> bool:
        """Whether the brief seeks anything besides its filters."""
        return bool(self.text or self.classes)

    @property
    def classes(self) -> tuple[str, ...]:
        """The categories and tones that are sought."""
        return (*self.categories, *self.tones)


def read_brief(brief: AdBrief, tasks: Mapping[str, Task]) -> Targeting:
    """Return the targeting of a brief.

    Raises:
        RequestError: it names an unknown taxonomy, category or tone.
    """
    task = tasks[AD_RELEVANCY]
    if (brief.cat or brief.bcat) and brief.cattax != task.cattax:
        names = "left out, which OpenRTB reads as 1 (1.0)" if brief.cattax is None else brief.cattax
        raise RequestError(
            "cattax",
            f"is {names}; categories here are those of IAB Content Taxonomy 3.1: give ids of it in "
            f"cat and bcat, and cattax {task.cattax}",
        )
    never_categories = _categories(task, "bcat", brief.bcat)
    never_tones = _tones(tasks[TONE], "never.tones", brief.never.tones)
    filters = {name: getattr(brief, name) for name in FILTERS}
    return Targeting(
        text=brief.text.strip() if unquoted(brief.text) else "",
        categories=_categories(task, "cat", brief.cat),
        tones=_tones(tasks[TONE], "tones", brief.tones),
        avoided=_tones(tasks[TONE], "avoid", brief.avoid),
        never_categories=never_categories,
        never_tones=never_tones,
        never_words=tuple(brief.never.words),
        never_score=brief.never.score,
        filters=SearchRequest(
            **filters,
            ad_category_none=list(never_categories),
            tone_none=list(never_tones),
            genre_none=list(brief.never.genres),
            order="clip-worthiness",
            limit=200,
        ),
    )


def read_pacing(brief: AdBrief, usual: AdSettings) -> Pacing:
    """Return the pacing rules of a brief; those that it leaves out come from the settings.

    Raises:
        RequestError: no break is short enough for the ad load.
    """
    given = brief.model_dump(include=set(Pacing.model_fields), exclude_none=True)
    every = dict.fromkeys(Pacing.model_fields) | usual.model_dump(include=set(Pacing.model_fields))
    pacing = Pacing.model_validate(every | given)
    if pacing.max_load is not None and pacing.max_load < pacing.break_seconds:
        raise RequestError(
            "max_load",
            f"{pacing.max_load:g} seconds an hour are less than one break of "
            f"{pacing.break_seconds:g}; raise max_load or lower break_seconds",
        )
    return pacing


def _categories(task: Task, field: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of categories by their ids, in which case counts, or names."""
    known = {each.name: each.name for each in task.classes}
    known |= {each.id: each.name for each in task.classes if each.id}
    for place, each in enumerate(names):
        if each not in known:
            raise RequestError(
                f"{field}.{place}",
                f"{each} is no tier-1 category of taxonomy {task.cattax}, nor a name of one; ids "
                "are case-sensitive",
            )
    return tuple(dict.fromkeys(known[each] for each in names))


def _tones(task: Task, field: str, names: Sequence[str]) -> tuple[str, ...]:
    for place, each in enumerate(names):
        if each not in task.class_names:
            raise RequestError(
                f"{field}.{place}", f"there is no tone {each}; the facets of a search list tones"
            )
    return tuple(dict.fromkeys(names))
