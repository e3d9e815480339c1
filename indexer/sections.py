"""Sections of the settings for storage, the server and access to it.

The sections of the pipeline, of search and of tasks are in ``indexer.pipeline_sections``.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    field_validator,
)

from indexer.errors import ReelfindError
from indexer.named_roots import NAME, RESERVED
from indexer.path_mapping import PathMapping
from indexer.remote_path import RemotePath, path_of, whole_path


class Section(BaseModel):
    """A group of settings that one part of the pipeline reads; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class StoreSettings(Section):
    """How collections are made, and how patient the store is with a server.

    Replication, sharding and consistency are a cluster's; the embedded engine has none. All but
    the last apply to collections made from then on.
    """

    prefix: str = Field("reelfind", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    """What the names of this catalogue's collections on a server start with, before the
    catalogue's id: for people who read them."""
    quantization: Literal["auto", "none", "scalar", "binary"] = "auto"
    """Small copies of the dense vectors that a search reads first, beside the full ones that
    settle the order: one byte a number (scalar) or one bit (binary, for wide vectors). Auto is
    scalar in the embedded engine, which makes them where a collection is large, and none on a
    server."""
    on_disk: bool = False
    """Leave the full vectors and payloads on disk, and with quantization, only its copies in
    memory: for a catalogue larger than memory."""
    replication_factor: int = Field(1, ge=1, le=32)
    """Machines of a cluster that hold each shard."""
    shard_number: int = Field(1, ge=1, le=1024)
    """Parts that a collection is divided into over a cluster, for one that no machine can hold.
    Each part weighs rare words by its own points, so that scores of the words route differ a
    little between parts, the less the more points they have."""
    write_consistency_factor: int = Field(1, ge=1, le=32)
    """Replicas that must have a point before it counts as written."""
    patience: float = Field(5.0, ge=0, le=3600)
    """Seconds to ask a server again that is away, before a search says so. Indexing waits for
    as long as it takes once the server has answered."""


class StorageSettings(Section):
    """Artefacts in an object store; see ``docs/operations.md``."""

    artefacts: str | None = None
    """Address that machines without a common file system share what was analysed by, such as
    `s3://studio/reelfind`. The data directory is then a copy of what this machine needs of it."""
    refresh: float = Field(10.0, ge=0, le=3600)
    """Seconds after which what is read of a title is compared with the object store again."""
    keep: bool = True
    """Keep large results on this machine that are in the store, such as decode passes. Without it
    they are deleted when a title is finished, and read again when they are needed."""

    @field_validator("artefacts")
    @classmethod
    def _refuse_other_places(cls, address: str | None) -> str | None:
        if address is not None and not isinstance(path_of(address), RemotePath):
            raise ValueError(f"{address}: write the address of a bucket, as s3://studio/reelfind")
        return address


ADDRESS = r"auto|[^\s/]+:[0-9]{1,5}"
"""Of a Ray cluster: the one that this machine belongs to, or the host and port of its head."""


class ClusterSettings(Section):
    """Indexing on a Ray cluster; see ``docs/cluster.md``."""

    address: str | None = Field(None, pattern=f"^({ADDRESS})$")
    """The cluster that indexes: `auto`, or host and port of its head; by default, this machine."""
    decode_cpus: float = Field(2.0, gt=0, le=1024)
    """CPUs that are reserved for decoding one film; of a smaller node, all."""
    gpus: float = Field(1.0, gt=0, le=1)
    """Part of a GPU that is reserved for one process with the networks: 0.5 has two on each.
    Without GPUs in the cluster, every node has one process."""
    attempts: int = Field(3, ge=1, le=100)
    """How often a title is tried whose process dies, as for lack of memory; then it is skipped."""
    patience: float = Field(60.0, gt=0, le=3600)
    """Seconds that the cluster may take to start a process, before a message says so."""


class DatabaseSettings(Section):
    """Labels, keys, jobs, shortlists and saved searches; see ``docs/operations.md``."""

    url: SecretStr | None = None
    """Address of a PostgreSQL database, such as `postgresql://user:password@host/reelfind`;
    without it they are in `reelfind.db` in the data directory."""
    connections: int = Field(8, ge=1, le=200)
    """Connections that the server's requests share, and as many that check keys."""
    patience: float = Field(4.0, gt=0, le=600)
    """Seconds to wait for a connection, for whoever holds a lock, and for a free connection of
    those; then the request is answered 503."""
    longest: float = Field(20.0, gt=0, le=3600)
    """Seconds that one statement may take in PostgreSQL."""

    @property
    def is_postgres(self) -> bool:
        """Whether it is a PostgreSQL database."""
        return self.url is not None and self.url.get_secret_value().startswith("postgres")


class ExampleSettings(Section):
    """Pictures and clips that are sent to search by; see ``docs/search.md``."""

    still_pixels: int = Field(50_000_000, ge=65_536, le=150_000_000)
    """Width times height of a picture, at most."""
    still_aspect: float = Field(10.0, ge=1, le=20)
    """How often the short side of a picture goes into its long side, at most."""
    stills_at_once: int = Field(2, ge=1, le=64)
    """Pictures that are decoded at the same time: one of 50 megapixels takes 350 MB meanwhile."""
    clip_seconds: float = Field(60.0, gt=0, le=600)
    """Length of a clip, at most."""
    clips_at_once: int = Field(1, ge=1, le=64)
    """Clips that are decoded at the same time, each with up to 3 GiB."""
    waiting: int = Field(4, ge=0, le=64)
    """Pictures that wait for a place to be decoded, and clips that do; further ones are refused
    with 503."""
    patience: float = Field(3.0, gt=0, le=60)
    """Seconds that they wait, at most."""


class AdSettings(Section):
    """Ad breaks: rules that a brief may replace, bid requests and lists; see ``docs/ads.md``."""

    min_distance: float = Field(300.0, ge=0, le=1e6)
    """Seconds between two breaks of a title, at least."""
    earliest: float = Field(0.0, ge=0, le=1e6)
    """Seconds at the start of a title without mid-rolls."""
    clear_end: float = Field(0.0, ge=0, le=1e6)
    """Seconds at the end of a title without mid-rolls."""
    max_per_hour: int | None = Field(None, ge=1, le=3600)
    """Breaks within any hour of a title, at most; without it there is no limit."""
    max_load: float | None = Field(None, ge=1, le=3600)
    """Seconds of ads within any hour of a title, at most; without it there is no limit."""
    break_seconds: float = Field(120.0, ge=1, le=3600)
    """Length of a break: counts for `max_load`, and is the duration in lists of breaks."""
    least_confidence: float = Field(0.3, ge=0, le=1)
    """Estimates below this confidence are left out of bid requests."""
    tag_url: str | None = None
    """Address of the ad server for lists of breaks, with places such as `{break_id}`."""


class ExportSettings(Section):
    """Exports of shortlists; see ``docs/exports.md``."""

    map_path: tuple[str, ...] = ()
    r"""Where editors' machines have the folders of films, such as `/mnt/films=/Volumes/Films` or
    `/mnt/films=D:\films`: exported lists link to the films there. An export may map otherwise."""

    @field_validator("map_path")
    @classmethod
    def _refuse_half_paths(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        try:
            PathMapping.parse(texts)
        except ReelfindError as error:
            raise ValueError(str(error)) from error
        return texts


class JobSettings(Section):
    """Jobs of the server; see ``docs/operations.md``."""

    roots: tuple[Path, ...] = ()
    """Folders whose films may be indexed through the API: none, unless they are named here."""
    watch: tuple[Path, ...] = ()
    """Folders whose new films the server indexes by itself; they count as roots too."""
    uploads: Path | None = None
    """Folder for films that are sent from a browser, itself a root; by default `uploads` in the
    data directory."""
    lease: float = Field(60.0, gt=0, le=3600)
    """With PostgreSQL, seconds after which a running job counts as interrupted whose server has not
    been heard of: longer than a restart of the database takes."""
    largest_upload: int = Field(32 * 2**30, ge=0)
    """Bytes of a film that is sent from a browser, at most; 0 takes none."""

    @field_validator("roots", "watch")
    @classmethod
    def _refuse_relative(cls, folders: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(map(_whole, folders))

    @field_validator("uploads")
    @classmethod
    def _refuse_relative_uploads(cls, folder: Path | None) -> Path | None:
        if folder is not None and isinstance(_whole(folder), RemotePath):
            raise ValueError(f"{folder}: name a folder of this machine")
        return folder


def _whole(folder: Path) -> Path:
    folder = path_of(folder)
    if not folder.is_absolute():
        raise ValueError(f"{folder}: write the whole path of this folder, from /")
    return folder


def _own_name(name: str) -> str:
    if name in RESERVED or "__" in name:
        raise ValueError(f"{name}: choose another name for this root")
    return name


def _root_folder(folder: Path) -> Path:
    return whole_path(_whole(folder))


RootName = Annotated[str, Field(pattern=f"^{NAME}$"), AfterValidator(_own_name)]
RootFolder = Annotated[Path, AfterValidator(_root_folder)]


class WebhookSettings(Section):
    """Webhooks of saved searches; see ``docs/search.md``."""

    private: bool = False
    """Let them go to this machine and to private networks, and by plain http. Who may save a
    search can then have the server send requests to whatever is in its own network."""
    timeout: float = Field(10.0, gt=0, le=60)
    """Seconds that the connection, the request and the answer may take together."""
    attempts: int = Field(10, ge=1, le=20)
    """How often a delivery is tried, at 5 seconds, 20, 80 and so on, then each day."""


class ServerSettings(Section):
    """`reelfind serve`: who comes in, and what is logged."""

    keys: Literal["auto", "always", "never"] = "auto"
    """When a key is needed: auto asks for one unless the server listens to this machine alone."""
    key: SecretStr | None = Field(None, min_length=32)
    """A key that allows everything, beside those of `reelfind keys`: for a container, from its
    environment. At least 32 characters."""
    names: tuple[str, ...] = ()
    """Names besides localhost that the server answers to where no keys are needed."""
    proxies: tuple[IPvAnyNetwork, ...] = ()
    """Networks of the proxies before the server, such as `10.0.0.5` or `10.0.0.0/24`: only these
    are believed about the caller's address and https (`X-Forwarded-For`, `X-Forwarded-Proto`)."""
    base_path: str = Field("", pattern=r"^(/[A-Za-z0-9._~-]+)*$")
    """Path that the application has on a site with others: `/reelfind` for
    `https://tools.example/reelfind/`. It is the same whether the proxy takes it off or passes it
    on."""
    session_hours: float = Field(12.0, gt=0, le=24 * 365)
    """How long somebody who signed in with a key in a browser stays so."""
    film_link_hours: float = Field(12.0, gt=0, le=24 * 7)
    """How long a player may read a film from an object store, at the signed address that it is sent
    to; not longer than the credentials that signed it are valid."""
    log: Literal["auto", "json", "text"] = "auto"
    """One line a request on standard error: JSON, or text for people (auto: on a terminal)."""

    @field_validator("base_path", mode="before")
    @classmethod
    def _accept_slashes_around(cls, path: object) -> object:
        if not isinstance(path, str):
            return path
        steps = path.strip("/").split("/")
        if steps[0] == "api" or {".", ".."} & {*steps}:
            raise ValueError(f"{path}: choose a path such as /reelfind, not /api, without . or ..")
        return f"/{'/'.join(steps)}" if any(steps) else ""

    @property
    def api_path(self) -> str:
        """Where the first version of the API is on this server, such as ``/api/v1``."""
        return f"{self.base_path}/api/v1"


class ApiSettings(Section):
    """The HTTP API's limits."""

    rate: str = Field("600/minute", pattern=r"^[1-9]\d{0,8}/(second|minute|hour|day)$")
    """Requests that one key may make; stills and films are not counted."""
    largest_body: int = Field(18 * 2**20, ge=1024)
    """Bytes of a request's body, at most: a still as base64 is most of one."""
    largest_json: int = Field(100_000, ge=1000)
    """Values in a request's body, at most: numbers, words, lists and objects."""
    body_seconds: float = Field(30.0, gt=0)
    """How long a request's body may take to arrive."""
    at_once: int = Field(16, ge=1, le=1000)
    """Searches that are worked on at the same time. What reads the database, and what reads stills
    and films, have places of their own, and health needs none."""
    waiting: int = Field(100, ge=0)
    """Requests that wait for a place; further ones are answered 503."""
    patience: float = Field(4.0, gt=0, le=600)
    """Seconds that they wait, at most; then they are answered 503."""
    origins: tuple[str, ...] = ()
    """Other sites whose pages may call the API (CORS), such as `https://promo.example.org`."""
