"""The state that the stages of one title share while they run."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from encoder.config import EncoderConfig
from indexer.files import FileState
from indexer.manifest import Manifest
from indexer.models import Models
from indexer.records import Title
from indexer.seen import Seen
from indexer.settings import Settings
from indexer.stages.base import TitleFolder
from indexer.trained import ProbeInUse

if TYPE_CHECKING:
    from encoder.model import Encoder
    from indexer.store.base import Store


@dataclass(frozen=True)
class FrozenEncoder:
    """A trained encoder: the id of its checkpoint, its shape, and the loader of its network."""

    checkpoint_id: str
    config: EncoderConfig
    load: Callable[[], "Encoder"]

    @cached_property
    def encoder(self) -> "Encoder":
        """The network, loaded on first use."""
        return self.load()

    @cached_property
    def input_weights(self) -> NDArray[np.float32]:
        """The weights of its input, [width, D]."""
        weights: NDArray[np.float32] = self.encoder.project_in.weight.detach().float().cpu().numpy()
        return weights


def loaded(checkpoint_id: str, encoder: "Encoder") -> FrozenEncoder:
    """Return an encoder with a loaded network."""
    return FrozenEncoder(checkpoint_id, encoder.config, lambda: encoder)


@dataclass
class TitleWork:
    """One title on its way through the stages.

    ``keys`` grows as stages finish: the key of each one's result. ``report`` takes the part
    (0..1) of the running stage that is done. ``target`` is the store and the name of the pair
    of collections that the title's points go to; like ``encoder`` it is known only when every
    title is fused. ``replaces`` are earlier titles of the same file. ``trained`` are the
    probes in use that fit this encoder, by task.
    ``state`` is the state of its file when it was probed; None if the film is not read.
    ``warnings`` are problems with its sidecars.
    ``before`` is its manifest so far, ``seen`` the cached reading of its film; None if the title is
    new, or the film is not read.
    """

    title: Title
    settings: Settings
    folder: TitleFolder
    models: Models
    report: Callable[[float], None]
    warnings: tuple[str, ...] = ()
    encoder: FrozenEncoder | None = None
    trained: Mapping[str, ProbeInUse] = field(default_factory=dict)
    target: "tuple[Store, str] | None" = None
    replaces: tuple[Manifest, ...] = ()
    state: FileState | None = None
    before: Manifest | None = None
    seen: Seen | None = None
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> "tuple[Store, str]":
        """The store and the name of the pair that this title's points go to."""
        if self.target is None:
            raise RuntimeError("points are written after the encoder of the run is chosen")
        return self.target

    @property
    def frozen_encoder(self) -> FrozenEncoder:
        """The encoder of this run."""
        if self.encoder is None:
            raise RuntimeError("the stages in context run after an encoder is chosen")
        return self.encoder

    def identities(self, stages: Iterable[str]) -> dict[str, str]:
        """Return the identities of finished stages' results, which later stages' keys contain."""
        return {name: self.folder.identity(name, self.keys[name]) for name in stages}

    def result(self, stage: str) -> Path:
        """Return the folder that a finished stage has written."""
        return self.folder.result(stage, self.keys[stage])

    def artefact(self, stage: str, *name: str) -> Path:
        """Return the path of a file that a finished stage has written, or of a folder."""
        return self.folder.file(stage, self.keys[stage], *name)
