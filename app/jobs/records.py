"""What a job is asked to do, and how it goes."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from typing_extensions import TypedDict

from indexer.discovery import OUTSIDE, is_inside
from indexer.errors import ReelfindError
from indexer.languages import short_code
from indexer.metadata_fields import (
    HIGHEST_NUMBER,
    LONGEST_LANGUAGE,
    LONGEST_NAME,
    LONGEST_SYNOPSIS,
    LONGEST_WORD,
    MOST_WORDS,
)
from indexer.named_roots import NamedRoots, check_root, unset_root
from indexer.remote_path import whole_path
from indexer.report import IndexReport
from indexer.request import Request
from indexer.stored_path import StoredPath


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

    name: Annotated[Name, Field(description="The title's name.")]
    series: Annotated[Name | None, Field(description="The series that it belongs to.")]
    season: Annotated[Number | None, Field(description="Its number.")]
    episode: Annotated[Number | None, Field(description="Its number within the season.")]
    synopsis: Annotated[
        Annotated[str, Field(max_length=LONGEST_SYNOPSIS)] | None,
        Field(description="What it is about."),
    ]
    genres: Annotated[Words, Field(description="Genres, in place of those that are there.")]
    tags: Annotated[Words, Field(description="Tags, in place of those that are there.")]
    year: Annotated[Number | None, Field(description="The year of its release.")]
    language: Annotated[Language | None, Field(description="ISO 639-1, such as `en`.")]
    audio_track: Annotated[
        Number | None, Field(description="The track that is its sound, from 1; 0 for any.")
    ]


Kind = Literal["index", "rescore", "encoder", "edit", "remove", "delete-people"]
State = Literal["waiting", "running", "cancelling", "done", "failed", "cancelled", "interrupted"]
ENDED = frozenset({"done", "failed", "cancelled", "interrupted"})
"""The states that a job does not leave any more."""


class OutsideError(ReelfindError):
    """A path that may not be indexed from where the request came; says not whether it exists."""


def _whole(path: Path, info: ValidationInfo) -> Path:
    """Return a path without ``..``; links stay, since sidecars lie beside them."""
    if isinstance(info.context, NamedRoots) and unset_root(path) is not None:
        return path  # A job of another machine, whose root is not set on this one.
    if "\0" in str(path) or not path.is_absolute():
        raise ValueError("not a whole path, from /")
    return whole_path(path)


WholePath = Annotated[StoredPath, AfterValidator(_whole)]
TitleId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f][0-9a-f-]{3,127}$")]


class JobRequest(BaseModel):
    """What to do: index films, score all titles again, embed them with another encoder, edit the
    metadata of titles, remove them, or delete all that is known of people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "index"
    paths: Annotated[
        tuple[WholePath, ...],
        Field(max_length=1000, description="Films, or folders that are searched for films."),
    ] = ()
    force: Annotated[bool, Field(description="Do every stage again, though nothing changed.")] = (
        False
    )
    refit: Annotated[bool, Field(description="Fit a new encoder to the whole catalogue.")] = False
    at_once: Annotated[int, Field(ge=1, le=64, description="Titles to work on at once.")] = 1
    audio_track: Annotated[
        int | None,
        Field(
            ge=0,
            le=1000,
            description="Sound of these films: an audio track, counted from 1; 0 lets the "
            "indexer choose again.",
        ),
    ] = None
    encoder: Annotated[
        WholePath | None, Field(description="With kind `encoder`: a checkpoint's folder.")
    ] = None
    titles: Annotated[
        tuple[TitleId, ...],
        Field(max_length=1000, description="With kind `edit` or `remove`: ids of titles."),
    ] = ()
    metadata: Annotated[
        MetadataEdit | None, Field(description="With kind `edit`: what to note of the titles.")
    ] = None
    profile: Annotated[
        str | None,
        Field(max_length=200, description="Refuse the job if the server's profile is another."),
    ] = None

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        if (self.kind == "index") != bool(self.paths):
            raise ValueError("a job of kind index has paths, and no other kind has")
        if self.audio_track is not None and self.kind != "index":
            raise ValueError("only a job of kind index has an audio_track")
        if (self.kind == "encoder") != (self.encoder is not None):
            raise ValueError("a job of kind encoder has an encoder, and no other kind has")
        if (self.kind in ("edit", "remove")) != bool(self.titles):
            raise ValueError("a job of kind edit or remove has titles, and no other kind has")
        if (self.kind == "edit") != bool(self.metadata):
            raise ValueError("a job of kind edit has metadata, and no other kind has")
        return self

    @classmethod
    def of(cls, request: Request, profile: str | None = None) -> Self:
        """Return what the command line asked for, as a job.

        Raises:
            pydantic.ValidationError: it cannot be one.
        """
        kinds: dict[bool, Kind] = {
            request.rescore: "rescore",
            request.encoder is not None: "encoder",
        }
        return cls(
            kind=kinds.get(True, "index"),
            paths=tuple(path.absolute() for path in request.paths),
            force=request.force,
            refit=request.refit,
            at_once=request.jobs,
            audio_track=request.audio_track,
            encoder=request.encoder.absolute() if request.encoder else None,
            profile=profile,
        )

    def limited_to(self, roots: tuple[Path, ...] | None) -> Request:
        """Return it for the Indexer, which then reads nothing outside ``roots`` (None: anywhere).

        Raises:
            OutsideError: a path lies outside.
            ReelfindError: the root of a path is not set on this machine.
        """
        paths = (*self.paths, self.encoder) if self.encoder else self.paths
        for path in paths:
            check_root(path)
            if roots is not None and not is_inside(path, roots):
                raise OutsideError(f"{path}: {OUTSIDE}")
        return Request(
            self.paths,
            force=self.force,
            refit=self.refit,
            encoder=self.encoder,
            rescore=self.kind == "rescore",
            edited=self.titles if self.kind == "edit" else (),
            jobs=self.at_once,
            roots=roots,
            audio_track=self.audio_track,
        )


class JobSummary(BaseModel):
    """A job in the list."""

    model_config = ConfigDict(frozen=True)

    id: str
    request: JobRequest
    state: State
    created: datetime
    started: datetime | None = None
    ended: datetime | None = None
    ahead: Annotated[int, Field(description="While it waits: how many jobs go first.")] = 0
    title: Annotated[str, Field(description="The title in hand.")] = ""
    stage: Annotated[str, Field(description="What is done to it.")] = ""
    planned: Annotated[float, Field(description="Seconds of work in all, as estimated.")] = 0.0
    worked: Annotated[float, Field(description="Seconds of that work that are done.")] = 0.0
    progress: Annotated[float, Field(ge=0, le=1, description="The part that is done.")] = 0.0
    seconds_left: Annotated[
        float | None, Field(description="By the clock, as far as can be told.")
    ] = None
    error: Annotated[str | None, Field(description="Why it failed, in one line.")] = None
    retry_of: Annotated[str | None, Field(description="The job that this one repeats.")] = None


class Job(JobSummary):
    """A job with what it said and did."""

    anywhere: Annotated[
        bool, Field(description="Asked for on the server's own machine: no root limits it.")
    ] = False
    messages: tuple[str, ...] = ()
    report: Annotated[
        IndexReport | None, Field(description="What was done, title by title, when it ended.")
    ] = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED
