"""What the driver of a run tells the processes of a cluster: where to work, and on what."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from indexer.catalogue import IDENTITY, Catalogue
from indexer.errors import ReelfindError
from indexer.files import FileState
from indexer.models import Models
from indexer.records import Title
from indexer.settings import Settings
from indexer.sharing.records import CATALOGUE
from indexer.stages.work import TitleWork
from indexer.trained import Choice


@dataclass(frozen=True)
class Setup:
    """What a process is told once: the data directory, its identity, settings, and the version."""

    data: Path
    identity: str
    settings: Mapping[str, Any]
    release: str

    def open(self) -> tuple[Catalogue, Settings]:
        """Return the data directory and the settings of the run.

        Raises:
            ReelfindError: this node does not see the data directory, or has another release.
        """
        here = version("reelfind")
        if here != self.release:
            raise ReelfindError(
                f"node {socket.gethostname()}: has Reelfind {here}, and the run was started by "
                f"{self.release}; install the same release on every node"
            )
        settings = Settings(**self.settings)
        catalogue = Catalogue(self.data, storage=settings.storage)
        catalogue.shared.pull(CATALOGUE)
        try:
            identity = (self.data / IDENTITY).read_text(encoding="ascii").strip()
        except OSError:
            identity = ""
        if identity != self.identity:
            raise ReelfindError(
                f"{self.data}: node {socket.gethostname()} does not see this data directory; mount "
                "the same folder at the same path on every node, or share it by storage.artefacts"
            )
        return catalogue, settings


@dataclass(frozen=True)
class InContext:
    """For stages with the encoder: its id, the probes in use by task, and the points' pair."""

    encoder: str
    probes: Mapping[str, Choice]
    pair: str


@dataclass(frozen=True)
class Order:
    """Stages of one title; ``keys`` are those of the stages that are finished."""

    title: Title
    state: FileState | None
    stages: tuple[str, ...]
    keys: Mapping[str, str]
    force: bool
    in_context: InContext | None

    def work(self, catalogue: Catalogue, settings: Settings, models: Models) -> TitleWork:
        """Return the title as its stages take it, without an encoder."""
        return TitleWork(
            title=self.title,
            settings=settings,
            folder=catalogue.folder(self.title.title_id),
            models=models,
            report=lambda _: None,
            state=self.state,
            keys=dict(self.keys),
        )
