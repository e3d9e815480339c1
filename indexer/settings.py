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

from indexer.environment import PREFIX, Environment
from indexer.errors import ReelfindError
from indexer.named_roots import NamedRoots
from indexer.pipeline_sections import (
    ClipSettings,
    DecodeSettings,
    FramingSettings,
    LookSettings,
    MediaSettings,
    OnScreenSettings,
    ProfileSettings,
    SearchSettings,
    ShotSettings,
    SoundSettings,
    TaskSettings,
    TextSettings,
    VideoSettings,
    WhoSettings,
)
from indexer.sections import (
    AdSettings,
    ApiSettings,
    ClusterSettings,
    DatabaseSettings,
    ExampleSettings,
    ExportSettings,
    JobSettings,
    RootFolder,
    RootName,
    ServerSettings,
    StorageSettings,
    StoreSettings,
    WebhookSettings,
)
from probes.settings import ProbeSettings
from probes.tasks import Task, known_tasks

SETTINGS_FILE = "reelfind.toml"

AnySettings = TypeVar("AnySettings", bound="PlaceSettings")


class PlaceSettings(BaseSettings):
    """What the settings of one data directory say of where films and artefacts lie."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="ignore", frozen=True
    )

    roots: dict[RootName, RootFolder] = {}
    """Folders of films by name, such as `library = "/Volumes/films"`, for machines that have them
    at other places. A film below one is kept as `library:/series/film.mov`. Each machine may set
    its own: `REELFIND_ROOTS__LIBRARY`; see ``docs/operations.md``."""
    storage: StorageSettings = StorageSettings()

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


class Settings(PlaceSettings):
    """All settings of one data directory."""

    model_config = SettingsConfigDict(extra="forbid")

    profile: Literal["lite", "base", "full", "omni"] | str = "lite"
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
    framing: FramingSettings = FramingSettings()
    onscreen: OnScreenSettings = OnScreenSettings()
    sound: SoundSettings = SoundSettings()
    who: WhoSettings = WhoSettings()
    clips: ClipSettings = ClipSettings()
    search: SearchSettings = SearchSettings()
    examples: ExampleSettings = ExampleSettings()
    ads: AdSettings = AdSettings()
    exports: ExportSettings = ExportSettings()
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


def load_places(data: Path) -> PlaceSettings:
    """Return where films and artefacts lie by the settings of a data directory.

    The other settings may have faults.

    Raises:
        ReelfindError: a place cannot be one, or the file cannot be read.
    """
    return _load(PlaceSettings, data / SETTINGS_FILE, {})


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
