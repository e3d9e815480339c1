"""What a job may be asked to note of a title: its metadata, field by field."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

# Python 3.11's own TypedDict cannot be validated by pydantic.
from typing_extensions import TypedDict

from indexer.languages import short_code
from indexer.metadata_fields import (
    HIGHEST_NUMBER,
    LONGEST_LANGUAGE,
    LONGEST_NAME,
    LONGEST_SYNOPSIS,
    LONGEST_WORD,
    MOST_WORDS,
)


def _language(value: str) -> str:
    code = short_code(value)
    if code is None:
        raise ValueError("not a language code, such as `en`")
    return code


Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_WORD)
]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)
]
Number = Annotated[int, Field(ge=0, le=HIGHEST_NUMBER)]
Words = Annotated[list[Word], Field(max_length=MOST_WORDS)]
Language = Annotated[str, Field(max_length=LONGEST_LANGUAGE), AfterValidator(_language)]


class MetadataEdit(TypedDict, total=False):
    """Fields of a title's metadata: those left out stay, null or [] where nothing is known."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    name: Name
    series: Name | None
    season: Number | None
    episode: Number | None
    synopsis: Annotated[str, Field(max_length=LONGEST_SYNOPSIS)] | None
    genres: Words
    tags: Words
    year: Number | None
    language: Language | None
    audio_track: Number | None
