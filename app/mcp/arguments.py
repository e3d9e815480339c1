"""The arguments of the tools, with the names that the API has for the same fields."""

import json
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.exports.formats import TextFormatName
from app.exports.records import Rate
from app.search.request import CURSOR_LENGTH, Id, Level, Order
from app.shortlists.bodies import (
    MOST_ITEMS,
    AddedItems,
    ChangedItem,
    ChangedShortlist,
    NewItem,
    NewShortlist,
)
from indexer.framing import names as framing
from indexer.onscreen.names import OnScreen
from indexer.soundtrack.names import Heard, Loudness


def _read_list(value: Any) -> Any:
    """Return the list that ``value`` stands for: some assistants send lists as text, or one value.

    Text that is no list stands for itself.
    """
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except ValueError:
        read = value
    return read if isinstance(read, list) else [read if isinstance(read, dict) else value]


LIST = BeforeValidator(_read_list)
Texts = Annotated[list[Annotated[str, Field(max_length=500)]], LIST, Field(max_length=50)]
Sounds = Annotated[list[Heard], LIST, Field(max_length=50)]
Loudnesses = Annotated[list[Loudness], LIST, Field(max_length=50)]
Ids = Annotated[list[Id], LIST]
Share = Annotated[float | None, Field(ge=0, le=1)]
Seconds = Annotated[float | None, Field(ge=0, le=1e6)]
Cursor = Annotated[
    str | None,
    Field(
        max_length=CURSOR_LENGTH,
        description="`next_cursor` of the answer before, with the same other arguments.",
    ),
]
Limit = Annotated[int, Field(ge=1, le=20, description="Hits of one answer.")]
Stills = Annotated[bool, Field(description="Add a still of each hit. Pictures are large.")]
TitleId = Annotated[str, Field(pattern=r"^[0-9a-f][0-9a-f-]{3,127}$", description="A title's id.")]
ShortlistId = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", description="A shortlist's id.")]
Version = Annotated[
    int,
    Field(ge=1, description="`version` of the shortlist that you read. Another one is refused."),
]


class Arguments(BaseModel):
    """Arguments of a tool; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class SearchArguments(Arguments):
    """A search by words, filters or both."""

    q: str = Field(
        "",
        max_length=1000,
        description='What is seen or said, in plain words. Words in "quotes" are said or shown so. '
        "Empty lists what the filters leave, the most clip-worthy first.",
    )
    then: str = Field(
        "", max_length=1000, description="What follows `q` in the same title, within `within`."
    )
    within: float = Field(30.0, gt=0, le=36_000, description="Seconds between `q` and `then`.")
    also: str = Field("", max_length=1000, description="What the same clip shows besides `q`.")
    level: Level = Field("clip", description="Clips are runs of shots that belong together.")
    order: Order = "relevance"
    diverse: bool = Field(False, description="Prefer hits that differ from each other.")
    title: Texts = Field([], description="Only these titles, by id or name.")
    series: Texts = Field([], description="Only these series.")
    genre: Texts = Field([], description="Any of these genres.")
    tone: Texts = Field([], description="Any of these tones, such as suspenseful.")
    tone_none: Texts = Field([], description="None of these tones.")
    language: Texts = Field([], description="Titles in these languages (ISO 639-1).")
    has_dialogue: bool | None = Field(None, description="Whether there is dialogue.")
    people: Annotated[list[framing.People], LIST] = Field(
        [], max_length=4, description="So many faces are seen at once."
    )
    shot_size: Annotated[list[framing.Size], LIST] = Field(
        [], max_length=5, description="Where no face is seen there is no shot size."
    )
    person: Texts = Field([], description="Any of these people, where people are recognised.")
    onscreen: Annotated[list[OnScreen], LIST] = Field(
        [], max_length=3, description="Text on screen of any of these kinds."
    )
    sound: Sounds = Field([], description="Any of these is heard: speech, music.")
    sound_none: Sounds = Field([], description="None of these is heard.")
    loudness: Loudnesses = Field([], description="As loud as any of these within the title.")
    min_worthiness: Share = Field(None, description="Least percentile of clip-worthiness, 0 to 1.")
    min_duration: Seconds = Field(None, description="Least length in seconds.")
    max_duration: Seconds = Field(None, description="Greatest length in seconds.")
    limit: Limit = 8
    cursor: Cursor = None
    stills: Stills = False


class SimilarArguments(Arguments):
    """Examples to search by."""

    like: Ids = Field(
        min_length=1, max_length=10, description="Ids of clips, shots or titles to be like."
    )
    unlike: Ids = Field([], max_length=10, description="Ids that hits should not be like.")
    story: float = Field(
        0.5, ge=0, le=1, description="From 0, like these moments, to 1, like their titles' stories."
    )
    level: Level = "clip"
    limit: Limit = 8
    cursor: Cursor = None
    stills: Stills = False


class TitlesArguments(Arguments):
    """A page of the titles."""

    q: str = Field(
        "",
        max_length=200,
        description="Words of the name, series, genres, tags, year, language or file.",
    )
    limit: int = Field(20, ge=1, le=50, description="Titles of one answer.")
    after: TitleId | None = Field(None, description="`next` of the answer before.")


class TitleArguments(Arguments):
    """A title, and a page of its clips."""

    title_id: TitleId
    start: int = Field(0, ge=0, le=10**9, description="Index of the first clip: `next`.")
    limit: int = Field(20, ge=1, le=50, description="Clips of one answer.")


class StillArguments(Arguments):
    """Clips or shots to look at."""

    ids: Annotated[list[UUID], LIST] = Field(
        min_length=1, max_length=4, description="Ids of clips or shots."
    )
    frames: Literal["one", "eight"] = Field(
        "one", description="The still of each, or eight frames along it, side by side."
    )


class ArtworkArguments(Arguments):
    """A title or a shortlist whose best stills are wanted."""

    title_id: TitleId | None = Field(None, description="A title's id.")
    shortlist_id: ShortlistId | None = Field(
        None, description="A shortlist's id, instead of a title's."
    )
    count: int = Field(4, ge=1, le=8, description="Stills, at most.")
    stills: Stills = True

    @model_validator(mode="after")
    def _refuse_all_but_one(self) -> Self:
        if (self.title_id is None) == (self.shortlist_id is None):
            raise ValueError("give a title_id or a shortlist_id")
        return self


class NoArguments(Arguments):
    """Nothing is asked."""


class ShortlistArguments(Arguments):
    """A shortlist."""

    shortlist_id: ShortlistId


class CreateArguments(NewShortlist):
    """A shortlist to make."""

    items: Annotated[list[NewItem], LIST] = Field(
        [], max_length=MOST_ITEMS, description="The clips in their order."
    )


class AddArguments(AddedItems):
    """Clips to put into a shortlist."""

    shortlist_id: ShortlistId
    items: Annotated[list[NewItem], LIST] = Field(
        min_length=1, max_length=MOST_ITEMS, description="The clips in their order."
    )


class ChangeArguments(ChangedShortlist):
    """A shortlist as it is to be."""

    shortlist_id: ShortlistId
    version: Version
    items: Annotated[list[ChangedItem] | None, LIST] = Field(
        None,
        max_length=MOST_ITEMS,
        description="All items in their order, those to keep by `item_id`; others are removed.",
    )


class UndoArguments(Arguments):
    """A shortlist whose latest change is taken back."""

    shortlist_id: ShortlistId
    version: Version


class ExportArguments(Arguments):
    """A shortlist to export, and how."""

    shortlist_id: ShortlistId
    format: TextFormatName = Field(
        "edl",
        description="edl (CMX 3600), fcp7 (XML for Premiere), fcpxml, otio, ale (Avid bin), vtt "
        "(subtitles) or csv.",
    )
    rate: Rate = Field(None, description="Frame rate of the sequence, where titles differ: 25.")
