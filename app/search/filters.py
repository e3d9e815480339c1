"""The filters of a search: what hits must be, and how each field compares.

A filter is a field of ``Filters``, annotated with what it compares. The store's conditions, the
command line's options, the chips of the page and its address are all made from that.
"""

import math
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator

from indexer.framing import names as framing
from indexer.look import names as looks
from indexer.onscreen.names import OnScreen
from indexer.soundtrack import names as sounds
from indexer.traits import FIELD, PERSON
from probes.messages import shortened

Name = Annotated[str, Field(max_length=500)]
"""A value that a filter compares with."""
Names = Annotated[list[Name], Field(max_length=1000)]
Season = Annotated[int, Field(ge=0, le=100_000)]
Seconds = Annotated[float, Field(ge=0, le=1e6)]
Share = Annotated[float, Field(ge=0, le=1)]

How = Literal["any", "all", "none", "min", "max", "is"]
Owner = Literal["title", "clip", "span"]

_CONDITION = re.compile(r"\s*([\w-]+?)\s*(!=|>=|<=|=)\s*(.*?)\s*")


@dataclass(frozen=True)
class Compare:
    """What a filter compares with the points of the store.

    Args:
        key: the field of a point.
        how: the point has any, all or none of the values; has at least or at most the number;
            or has the flag.
        owner: whose property it is. A shot carries what belongs to its title, and under a prefix
            what belongs to its clip. It does not carry what belongs to its clip as a span.
        kind: of a trait; all kinds share a field, see ``indexer.traits``.
        label: its name on a page; otherwise that of the field, without ``min_``, ``max_`` or
            ``has_``.
    """

    key: str
    how: How
    owner: Owner
    label: str = ""
    kind: str = ""


def _trait(kind: str, how: How = "any", label: str = "") -> Compare:
    return Compare(FIELD, how, "clip", label, kind)


@dataclass(frozen=True)
class Condition:
    """One condition on a task: ``operator`` is =, !=, >= or <=; the last two take a number."""

    task: str
    operator: str
    value: str


def parse_condition(text: str) -> Condition:
    """Read a condition such as ``mood=dark`` or ``violence>=0.5``.

    Raises:
        ValueError: it is none, or compares with what is not a finite number.
    """
    found = _CONDITION.fullmatch(text)
    if found is None or not found[3]:
        said = shortened(repr(text))
        raise ValueError(
            f"{said} is not a condition; write TASK=CLASS, TASK!=CLASS or TASK>=NUMBER"
        )
    condition = Condition(found[1], found[2], found[3])
    if condition.operator in (">=", "<=") and not _is_finite(condition.value):
        raise ValueError(f"{shortened(repr(text))} needs a number after {condition.operator}")
    return condition


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


class Filters(BaseModel):
    """What hits must be. An empty list, and None, leave everything."""

    tone: Annotated[Names, Compare("tones", "any", "clip")] = Field(
        [], description="Keep clips with any of these tones."
    )
    tone_all: Annotated[Names, Compare("tones", "all", "clip")] = Field(
        [], description="Keep clips with all of these tones."
    )
    tone_none: Annotated[Names, Compare("tones", "none", "clip")] = Field(
        [], description="Drop clips with any of these tones."
    )
    genre: Annotated[Names, Compare("genres", "any", "title")] = Field(
        [], description="Keep clips of titles with any of these genres."
    )
    genre_all: Annotated[Names, Compare("genres", "all", "title")] = Field(
        [], description="Keep clips of titles with all of these genres."
    )
    genre_none: Annotated[Names, Compare("genres", "none", "title")] = Field(
        [], description="Drop clips of titles with any of these genres."
    )
    min_worthiness: Annotated[
        Share | None, Compare("clip_worthiness", "min", "clip", "clip-worthiness")
    ] = Field(
        None,
        description="Least percentile of clip-worthiness within the catalogue, 0 to 1.",
    )
    max_worthiness: Annotated[
        Share | None, Compare("clip_worthiness", "max", "clip", "clip-worthiness")
    ] = Field(
        None,
        description="Most percentile of clip-worthiness within the catalogue, 0 to 1.",
    )
    min_popularity: Annotated[Share | None, Compare("popularity", "min", "clip")] = Field(
        None, description="Keep clips whose popularity within their title is as high."
    )
    max_popularity: Annotated[Share | None, Compare("popularity", "max", "clip")] = Field(
        None, description="Keep clips whose popularity within their title is as low."
    )
    min_duration: Annotated[Seconds | None, Compare("duration", "min", "span", "seconds")] = Field(
        None, description="Seconds, at least."
    )
    max_duration: Annotated[Seconds | None, Compare("duration", "max", "span", "seconds")] = Field(
        None, description="Seconds, at most."
    )
    min_start: Annotated[Seconds | None, Compare("start_seconds", "min", "span")] = Field(
        None, description="Seconds from the title's start."
    )
    max_start: Annotated[Seconds | None, Compare("start_seconds", "max", "span")] = Field(
        None, description="Seconds from the title's start."
    )
    has_dialogue: Annotated[bool | None, Compare("has_dialogue", "is", "span")] = Field(
        None, description="Whether something is said in it."
    )
    brightness: Annotated[list[looks.Brightness], _trait("brightness")] = Field(
        [], max_length=100, description="Keep clips with any of these."
    )
    temperature: Annotated[list[looks.Temperature], _trait("temperature")] = Field(
        [], max_length=100, description="Keep clips with any of these colour temperatures."
    )
    colour: Annotated[list[looks.Colour], _trait("colour")] = Field(
        [], max_length=100, description="Keep clips in which any of these colours is prominent."
    )
    motion: Annotated[list[looks.Motion], _trait("motion")] = Field(
        [], max_length=100, description="Keep clips in which so much moves."
    )
    camera: Annotated[list[looks.Camera], _trait("camera")] = Field(
        [], max_length=100, description="Keep clips with any of these camera movements."
    )
    people: Annotated[list[framing.People], _trait("people")] = Field(
        [], max_length=100, description="Keep clips with so many faces at once."
    )
    shot_size: Annotated[list[framing.Size], _trait("shot_size")] = Field(
        [], max_length=100, description="Keep clips in any of these shot sizes."
    )
    onscreen: Annotated[list[OnScreen], _trait("onscreen")] = Field(
        [], max_length=100, description="Keep clips with any of these kinds of text on screen."
    )
    sound: Annotated[list[sounds.Heard], _trait("sound")] = Field(
        [], max_length=100, description="Keep clips in which any of these is heard."
    )
    sound_all: Annotated[list[sounds.Heard], _trait("sound", "all")] = Field(
        [], max_length=100, description="Keep clips in which all of these are heard."
    )
    sound_none: Annotated[list[sounds.Heard], _trait("sound", "none", "without")] = Field(
        [], max_length=100, description="Drop clips in which any of these is heard."
    )
    loudness: Annotated[list[sounds.Loudness], _trait("loudness")] = Field(
        [], max_length=100, description="Keep clips as loud as any of these, within their title."
    )
    person: Annotated[Names, _trait(PERSON)] = Field(
        [], description="Keep clips with any of these people, by id or name."
    )
    ad_category: Annotated[Names, Compare("ad_categories", "any", "clip")] = Field(
        [], description="Keep clips that fit any of these ad categories (IAB tier 1)."
    )
    ad_category_all: Annotated[Names, Compare("ad_categories", "all", "clip")] = Field(
        [], description="Keep clips that fit all of these."
    )
    ad_category_none: Annotated[Names, Compare("ad_categories", "none", "clip")] = Field(
        [], description="Drop clips that fit any of these."
    )
    title: Annotated[Names, Compare("title", "any", "title")] = Field(
        [], description="Keep these titles, by id or name."
    )
    title_none: Annotated[Names, Compare("title", "none", "title")] = Field(
        [], description="Drop these titles, by id or name."
    )
    series: Annotated[Names, Compare("series", "any", "title")] = Field(
        [], description="Keep these series."
    )
    series_none: Annotated[Names, Compare("series", "none", "title")] = Field(
        [], description="Drop these series."
    )
    season: Annotated[list[Season], Compare("season", "any", "title")] = Field(
        [], max_length=1000, description="Keep these seasons."
    )
    language: Annotated[Names, Compare("language", "any", "title")] = Field(
        [], description="Keep titles in these languages (ISO 639-1)."
    )
    language_none: Annotated[Names, Compare("language", "none", "title")] = Field(
        [], description="Drop titles in these languages."
    )
    where: Names = Field(
        [], description="Conditions on tasks of your own: `mood=dark`, `mood!=dark`, `risk>=0.5`."
    )

    @field_validator("where")
    @classmethod
    def _refuse_what_is_no_condition(cls, where: list[str]) -> list[str]:
        for each in where:
            parse_condition(each)
        return where


COMPARED: dict[str, Compare] = {
    name: each
    for name, field in Filters.model_fields.items()
    for each in field.metadata
    if isinstance(each, Compare)
}
"""What each filter compares, by the name of its field; ``where`` names a task instead."""
