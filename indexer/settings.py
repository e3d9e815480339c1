"""Everything a user may set: defaults, then the settings file, then the environment.

The file is ``reelfind.toml`` in the data directory. In the environment a nested setting is
written with two underscores: ``REELFIND_SHOTS__REFINE=false``. A variable with ``_FILE`` at its
end names a file with the value: ``REELFIND_DATABASE__URL_FILE=/run/secrets/database``.
"""

import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from indexer.containers import CONTAINERS
from indexer.environment import PREFIX, Environment
from indexer.errors import ReelfindError
from indexer.limits import MEMORY
from indexer.named_roots import NamedRoots
from indexer.sections import (
    AdSettings,
    ApiSettings,
    ClusterSettings,
    DatabaseSettings,
    ExampleSettings,
    JobSettings,
    LookSettings,
    RootFolder,
    RootName,
    Section,
    ServerSettings,
    StoreSettings,
    WebhookSettings,
)
from probes.settings import ProbeSettings
from probes.tasks import Task, TaskKind, TaskLevel, known_tasks

SETTINGS_FILE = "reelfind.toml"

AnySettings = TypeVar("AnySettings", bound="RootSettings")


class DecodeSettings(Section):
    """The one pass over the file."""

    stills_per_second: float = Field(2.0, gt=0, le=60)
    """Stills kept per second of film: what the video backbone and the browser see."""
    still_size: int = Field(252, ge=224, le=1080)
    """Length in pixels of a still's shorter side."""
    longest_hold: float = Field(60.0, gt=0)
    """Seconds that one picture may stand while nothing is heard. What is longer is a gap in the
    recording, such as a jump of its clock, and is left out."""
    memory: float = Field(MEMORY, ge=0.5)
    """GiB of memory that each ffmpeg process may take, so that a damaged film cannot take all. On
    Linux alone: macOS and Windows keep no such limit."""
    hardware: Literal["auto", "off"] = "auto"
    """Decode on an NVIDIA GPU where ffmpeg finds one, or never. What the GPU cannot decode, the
    processor does."""


class ShotSettings(Section):
    """Shot detection."""

    refine: bool = True
    """Let TransNetV2 settle what the fast detector is not sure of."""
    flash_frames: int = Field(4, ge=0, le=24)
    """A flash, insert or damaged picture of so many frames at most, after which the same shot goes
    on, makes no cut; 0 keeps the cuts around it."""
    flash_seconds: float = Field(0.5, ge=0, le=2)
    """The same for what is light alone, as a strobe or lightning: frames that show nothing, or the
    same shot brighter, darker or tinted, up to so many seconds."""
    same_shot: float = Field(0.6, ge=0, le=1)
    """Correlation of the colours of two frames from which they show the same shot, where a flash
    or a fade lies between them."""
    fade_seconds: float = Field(2.0, ge=0, le=60)
    """A blank of so many seconds at most between a fade out and a fade in belongs to one
    transition; a longer one is a shot."""


class MediaSettings(Section):
    """Which files are opened."""

    containers: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], ...] = CONTAINERS
    """The formats that films may have, by ffmpeg's names. Those that name other files, such as
    playlists, are left out: whoever may have a film indexed could read any file with them."""


class TextSettings(Section):
    """Timed text."""

    language: str | None = None
    """Preferred language (ISO 639-1) when several sidecars or tracks are there."""
    transcribe: bool = True
    """Transcribe the sound when there is neither sidecar nor embedded track."""


class VideoSettings(Section):
    """What the video backbone reads."""

    frames_per_second: float = Field(1.0, gt=0, le=60)
    """Frames embedded per second of film; every shot has at least one."""
    full_rate_frames: int = Field(6, ge=1, le=100_000)
    """So many frames of a shot are embedded at that rate. Of a longer one fewer are: where it
    would have four times as many, it has twice as many."""


class ProfileSettings(Section):
    """A profile of the user's own: the names of three registered backbones."""

    video: str
    audio: str
    text: str


class ClipSettings(Section):
    """How shots are joined into clips."""

    shortest: float = Field(5.0, gt=0)
    """Seconds."""
    longest: float = Field(60.0, gt=0)
    """Seconds."""
    typical: float = Field(18.0, gt=0)
    """Seconds: the length a clip has when nothing in the content says otherwise."""


class SearchSettings(Section):
    """Search. Weights and fractions were tuned on ``bench/queries.csv``.

    The figures are in ``docs/results/search.md``.
    """

    weights: dict[str, float] = {
        "picture": 1.0,
        "dialogue": 2.0,
        "words": 1.0,
        "context": 1.5,
        "like": 2.0,
        "still": 1.0,
        "clip": 1.0,
    }
    """The weight of each route in the fusion; a route of weight 0 runs only when it is named. The
    context runs only where a line was found, or when it is named."""
    depth: int = Field(200, ge=1, le=2000)
    """Clips or shots that each route hands to the fusion: where the last page ends."""
    tail: float = Field(0.3, ge=0, lt=1)
    """A hit is cut when on every route its score is less than this fraction of the way from the
    route's middle score to its best."""
    negative: float = Field(0.5, ge=0)
    """Weight of the examples that hits are not to be like, in Rocchio's formula; those that they
    are to be like weigh 1."""
    without: float = Field(0.4, ge=0)
    """A shot is left out when it is nearer to the words that hits should be without than to those
    they are looked for by, by this much of the way from a route's middle score to its best."""
    diversity: float = Field(0.3, ge=0, le=1)
    """Weight of being unlike the hits before against being relevant, where diversity is asked."""
    line_to_picture: float = Field(0.7, ge=0)
    """Where pictures and lines are looked for in one space (``lite``), a line counts if its cosine
    is at least this share of the best picture's."""
    least_dialogue: float = Field(0.25, ge=-1, le=1)
    """Elsewhere the cosine below which a line has nothing to do with the words: the sentence
    embeddings of unrelated sentences lie around 0.1, and a route that always finds something
    drowns the others."""
    rank_constant: int = Field(3, ge=1)
    """The ``k`` of reciprocal rank fusion (Cormack et al. 2009, who took 60): small, so that what
    is first on one route comes before what is second on two."""
    listed: int = Field(1000, ge=1)
    """Clips or shots that are grouped, merged or diversified without words: the first in their
    order."""
    diversified: int = Field(200, ge=1)
    """Hits that diversity puts into order; the others follow as they are."""
    longest_moment: float = Field(60.0, gt=0)
    """Seconds that hits which touch are merged to at most; else a film would become one hit."""
    hits_of_title: int = Field(5, ge=1)
    """Hits that are shown of a title where they are grouped."""
    phrase_depth: int = Field(4096, ge=1)
    """Clips or shots in which a phrase in quotes is looked for: those that share the most words
    with it."""
    title_shots: int = Field(512, ge=1)
    """Shots of a title that stand for it where it is an example: its first."""
    facet_values: int = Field(200, ge=1)
    """Values of a filter that are counted: the most frequent."""


class TaskClassSettings(Section):
    """A class of a task; under the name of a shipped one, what it says differently."""

    name: str
    meaning: str = ""
    prompts: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    group: str = ""
    id: str = ""
    title: str = ""


class TaskSettings(Section):
    """A task of the user's own, or classes to add to a shipped one; see ``docs/probes.md``."""

    kind: TaskKind | None = None
    level: TaskLevel | None = None
    cattax: int | None = None
    classes: tuple[TaskClassSettings, ...]


class RootSettings(BaseSettings):
    """The named roots in the settings of one data directory."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="ignore", frozen=True
    )

    roots: dict[RootName, RootFolder] = {}
    """Folders of films by name, such as `library = "/Volumes/films"`, for machines that have them
    at other places. A film below one is kept as `library:/series/film.mov`. Each machine may set
    its own: `REELFIND_ROOTS__LIBRARY`; see ``docs/operations.md``."""

    @property
    def named_roots(self) -> NamedRoots:
        """The folders that films are kept relative to."""
        return NamedRoots(self.roots)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then the environment, then the file."""
        del env_settings, dotenv_settings, file_secret_settings
        return init_settings, Environment(settings_cls), TomlConfigSettingsSource(settings_cls)


class Settings(RootSettings):
    """All settings of one data directory."""

    model_config = SettingsConfigDict(extra="forbid")

    profile: Literal["lite", "base", "full"] | str = "lite"
    profiles: dict[str, ProfileSettings] = {}
    """Profiles of the user's own, by name; see ``docs/development/writing-a-backbone.md``."""
    models: Path | None = None
    """Folder of model weights, one sub-folder a model, looked in before the model hub."""
    device: Annotated[str, Field(pattern=r"^(cpu|mps|cuda(:[0-9]+)?)$")] | None = None
    """Where the networks that torch runs compute: ``cpu``, ``cuda``, ``cuda:1`` or ``mps`` (the GPU
    of a Mac). Unset takes a GPU where there is one."""
    media: MediaSettings = MediaSettings()
    revisions: dict[str, Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$")]] = {}
    """Commits or tags of the hub's models to use, by the model's name; without one the files that
    are on this machine stay, and a download takes the newest. Another revision is another model:
    titles are embedded anew."""
    decode: DecodeSettings = DecodeSettings()
    shots: ShotSettings = ShotSettings()
    text: TextSettings = TextSettings()
    video: VideoSettings = VideoSettings()
    look: LookSettings = LookSettings()
    clips: ClipSettings = ClipSettings()
    search: SearchSettings = SearchSettings()
    examples: ExampleSettings = ExampleSettings()
    ads: AdSettings = AdSettings()
    probes: ProbeSettings = ProbeSettings()
    tasks: dict[str, TaskSettings] = {}
    """Tasks and classes of the user's own, by the name of the task."""
    qdrant_url: str | None = None
    """Address of a Qdrant server, or of each node of a cluster, with commas between them; without
    it the embedded engine is used."""
    qdrant_api_key: str | None = None
    store: StoreSettings = StoreSettings()
    cluster: ClusterSettings = ClusterSettings()
    database: DatabaseSettings = DatabaseSettings()
    jobs: JobSettings = JobSettings()
    server: ServerSettings = ServerSettings()
    webhooks: WebhookSettings = WebhookSettings()
    api: ApiSettings = ApiSettings()

    @field_validator("tasks")
    @classmethod
    def _refuse_tasks_that_cannot_be(
        cls, tasks: dict[str, TaskSettings]
    ) -> dict[str, TaskSettings]:
        known_tasks(_declared(tasks))
        return tasks

    @property
    def has_replicas(self) -> bool:
        """Whether several servers may run over the data directory.

        A Qdrant server has the index then, and a PostgreSQL database what they agree on.
        """
        return self.qdrant_url is not None and self.database.is_postgres

    def known_tasks(self) -> dict[str, Task]:
        """Return the shipped tasks with the user's, by name."""
        return dict(_known(json.dumps(_declared(self.tasks), sort_keys=True)))


@lru_cache(maxsize=16)
def _known(declared: str) -> dict[str, Task]:
    """Return tasks for declarations in JSON; cached, since every title needs them several times."""
    return known_tasks(json.loads(declared))


def _declared(tasks: dict[str, TaskSettings]) -> dict[str, dict[str, Any]]:
    """The fields that the user set, without defaults."""
    return {name: task.model_dump(exclude_unset=True) for name, task in tasks.items()}


def load_settings(data: Path, **flags: Any) -> Settings:
    """Return the settings of the data directory ``data``; ``flags`` of None are ignored.

    Raises:
        ReelfindError: a value is out of range, a name is unknown, or the file cannot be read.
    """
    return _load(Settings, data / SETTINGS_FILE, flags)


def load_roots(data: Path) -> NamedRoots:
    """Return the named roots in the settings of a data directory, whatever the others are.

    Raises:
        ReelfindError: the folder of one is no whole path, its name cannot be one, or the file
            cannot be read.
    """
    return _load(RootSettings, data / SETTINGS_FILE, {}).named_roots


def _load(kind: type[AnySettings], file: Path, flags: Mapping[str, Any]) -> AnySettings:
    class FromFile(kind):  # type: ignore[misc, valid-type]
        model_config = SettingsConfigDict(toml_file=file)

    try:
        found: AnySettings = FromFile(
            **{name: value for name, value in flags.items() if value is not None}
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise ReelfindError(
            f"settings ({file} or REELFIND_… in the environment): {where}: {reason}"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ReelfindError(f"{file}: cannot be read ({error}); correct this file") from error
    return found
