"""Records that domain, API, client, command line and pages share."""

from collections.abc import Collection, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from app.echo import AsAsked
from app.search.request import Level, RouteName, SearchRequest
from probes.tasks import CLIP_WORTHINESS, ScoreKind


class Record(BaseModel):
    """What is made once and never changed."""

    model_config = ConfigDict(frozen=True)


def score_kind(tones: Sequence[str], zero_shot: Collection[str]) -> ScoreKind:
    """Return "trained" where labels stand behind the clip-worthiness and all the tones."""
    guessed = CLIP_WORTHINESS in zero_shot or any(tone in zero_shot for tone in tones)
    return "zero-shot" if guessed else "trained"


class Preference(Record):
    """Words of a query that say how a hit should be: those with such a trait come first."""

    said: str = Field(description="The words as they stand in the query: `at night`.")
    filter: str = Field(description="The filter that would demand it: `brightness`.")
    values: list[str] = Field(description="The values that fulfil it, any of them.")


class Why(Record):
    """One reason for a hit: the route that found it and, for words, the line."""

    route: RouteName
    rank: int = Field(description="Place among the route's own results, from 1.")
    score: float = Field(description="The route's own score: cosine, or BM25 for words.")
    strength: float = Field(
        0.0,
        description="How far the score is on the way from unrelated (0) to the route's best (1).",
    )
    preferred: str | None = Field(
        None, description="Of route `preference`: the words that it fulfils."
    )
    line: str | None = Field(None, description="The line that matched: spoken, or text on screen.")
    line_from: Literal["dialogue", "screen"] | None = Field(
        None, description="Whether the line is spoken, or text on screen."
    )
    exact: bool = Field(False, description="Whether the line has all words of the search.")
    marks: list[tuple[int, int]] = Field(
        [],
        description="Where the words of the search stand in the line: start and end, in letters.",
    )


class Matched(Record):
    """The shot of a hit that matched best: what a card shows, and where play starts."""

    shot_id: str = Field(description="Routes of stills take it.")
    frame: int = Field(description="Its first frame, counted from 0 in the title.")
    timecode: str = Field(description="SMPTE timecode of the source, of that frame.")
    route: RouteName = Field(description="By which it matched best.")
    strength: float = Field(
        description="How well, from 0 to 1: comparable within an answer, whatever the route."
    )


class Part(Record):
    """A part of a moment: the shot or clip that matched its own words. ``end_frame`` excluded."""

    id: str
    start_frame: int
    end_frame: int
    start_seconds: float
    end_seconds: float
    timecode_in: str
    timecode_out: str
    why: list[Why]


class OwnScores(Record):
    """What a task of your settings file says of a clip: its classes, or a score."""

    classes: list[str] = Field([], description="Of a task with several classes: those it has.")
    score: float | None = Field(None, description="Of a task with one class: how far it holds.")


class Hit(Record):
    """One clip or shot that was found. ``end_frame`` is exclusive."""

    id: str = Field(description="Of the clip or shot: other routes take it.")
    level: Level = Field(description="Whether it is a clip or a shot.")
    title: str = Field(description="The title's name.")
    title_id: str = Field(description="The title's id.")
    start_frame: int = Field(description="The first frame, counted from 0 in the title.")
    end_frame: int = Field(description="The frame after the last.")
    fps: str = Field(description='Rational frame rate, such as "24000/1001".')
    picture_start: float = Field(
        0.0, description="When a player of the file shows frame 0, in seconds."
    )
    start_seconds: float = Field(description="Seconds from the title's first frame.")
    end_seconds: float = Field(description="Seconds from the title's first frame; exclusive.")
    timecode_in: str = Field(description="SMPTE timecode of the source, of the first frame.")
    timecode_out: str = Field(description="SMPTE timecode of the source; exclusive.")
    score: float = Field(description="How well it fits, to compare within one answer.")
    why: list[Why] = Field(description="What found it, the most telling reason first.")
    match: Matched | None = Field(
        None, description="The shot that matched best; null where only filters were asked for."
    )
    series: str | None = Field(None, description="The title's series.")
    season: int | None = Field(None, description="The title's season.")
    episode: int | None = Field(None, description="The title's episode.")
    language: str | None = Field(None, description="The title's language, ISO 639-1.")
    genres: list[str] = Field(description="The title's genres.")
    tones: list[str] = Field(description="Its tones, trained ones first, then by score.")
    ad_categories: list[str] = Field([], description="Ad categories that it fits.")
    clip_worthiness: float = Field(
        description="0 to 1: a chance where labels stand behind it, and otherwise an estimate."
    )
    worthiness_percentile: float = Field(
        1.0,
        description="Clip-worthiness as the share of all clips (or shots) of the catalogue that "
        "are worth no more, 0 to 1: what `min_worthiness` compares.",
    )
    popularity: float | None = Field(None, description="0 to 1, within its title.")
    own_tasks: dict[str, OwnScores] = Field(
        {}, description="What the tasks of your settings file say, by name."
    )
    scored_by: dict[str, str] = Field(
        description='By task: the id of the trained probe, or "zero-shot".'
    )
    zero_shot: list[str] = Field(
        description="Which of its classes and scores are from prompts, with no labels behind them."
    )
    look: list[str] = Field(
        [], description='What is seen in it, by filter: "brightness:dark", "people:2".'
    )
    sound: list[str] = Field(
        [], description='What is heard in it, by filter: "sound:music", "loudness:quiet".'
    )
    text: str = Field("", description="What is said in it.")
    screen_text: list[str] = Field([], description="Text on screen in it, line by line.")
    parts: list[Part] = Field(
        [], description="What the moment is made of, where it joins several: it spans them all."
    )

    @computed_field(  # type: ignore[prop-decorator]
        description="trained where labels stand behind its clip-worthiness and all its tones."
    )
    @property
    def score_kind(self) -> ScoreKind:
        """Whether its clip-worthiness and all its tones come from trained probes."""
        return score_kind(self.tones, self.zero_shot)


class Group(Record):
    """One title among the hits: how many of them it has, and the ids of those shown."""

    title_id: str
    title: str
    count: int
    hits: list[str]


class SearchResponse(Record):
    """The answer to one search."""

    query: AsAsked[SearchRequest] = Field(
        description="The search: the fields that the request had, without pictures and clips."
    )
    took_ms: float = Field(description="Milliseconds of the search itself.")
    hits: list[Hit] = Field(description="In the order that was asked for.")
    found: int = Field(0, description="Hits on all pages together, before joining and grouping.")
    cut: int = Field(0, description="Weak matches that are hidden; `tail=keep` shows them.")
    preferences: list[Preference] = Field(
        [], description="What was read in `q`, `then` and `also` as preferences; see `as_words`."
    )
    groups: list[Group] = Field([], description="The titles of the hits, where grouped.")
    next_cursor: str | None = Field(None, description="Asks for what follows; none at the end.")
    notice: str = Field(
        "", description="Where the index is of an earlier version: what is left out, what to do."
    )


class Neighbours(Record):
    """A shot or clip between those before and after it in its title, in order of time."""

    before: list[Hit]
    hit: Hit
    after: list[Hit]


class FacetCount(Record):
    """How many clips carry a value."""

    value: str
    count: int


class Bin(Record):
    """How many clips have a value from ``least`` on and below ``below``."""

    least: float
    below: float | None = Field(description="None in the last bin, which has no end.")
    count: int


class Facets(Record):
    """The counts beside the filters."""

    tone: list[FacetCount]
    genre: list[FacetCount]
    ad_category: list[FacetCount]
    title: list[FacetCount]
    series: list[FacetCount] = []
    season: list[FacetCount] = []
    language: list[FacetCount] = []
    brightness: list[FacetCount] = []
    temperature: list[FacetCount] = []
    colour: list[FacetCount] = []
    motion: list[FacetCount] = []
    camera: list[FacetCount] = []
    people: list[FacetCount] = []
    shot_size: list[FacetCount] = []
    onscreen: list[FacetCount] = []
    sound: list[FacetCount] = []
    loudness: list[FacetCount] = []
    person: list[FacetCount] = Field(
        [], description="Ids of people with a name, and who is asked for."
    )
    has_dialogue: list[FacetCount] = Field([], description='"1" with dialogue, "0" without.')
    tasks: dict[str, list[FacetCount]] = Field(
        {}, description="Classes of tasks of your own, by the name of the task."
    )
    ranges: dict[str, list[Bin]] = Field(
        {}, description="Histograms of worthiness, popularity, duration and start (in seconds)."
    )


class TitleSummary(Record):
    """One title of the catalogue."""

    title_id: str = Field(description="Other routes take it.")
    title: str = Field(description="Its name.")
    path: str = Field(description="Where its file lay when it was indexed.")
    fps: str = Field(description='Rational frame rate, such as "24000/1001".')
    picture_start: float = Field(
        0.0, description="When a player of the file shows frame 0, in seconds."
    )
    duration_seconds: float = Field(description="Its length.")
    start_timecode: str = Field(description="SMPTE timecode of its first frame.")
    width: int = Field(description="Of the picture, in pixels.")
    height: int = Field(description="Of the picture, in pixels.")
    shots: int = Field(description="How many.")
    clips: int = Field(description="How many.")
    genres: list[str] = Field(description="Its genres.")
    language: str | None = Field(description="ISO 639-1; null where unknown.")
    timed_text: str = Field(description="sidecar, embedded, transcription or none.")
    audio_tracks: list[int] = Field(
        description="The audio tracks of the file that are its sound, counted from 1."
    )
    scored_by: dict[str, str] = Field(
        description='By task: the id of the trained probe, or "zero-shot".'
    )
    warnings: list[str] = Field(
        [], description="What is wrong with the film or the files beside it, a line each."
    )
