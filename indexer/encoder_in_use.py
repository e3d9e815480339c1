"""The encoder in use. It is checked without loading its network, which most runs do not need."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from encoder.config import Modalities
from encoder.stored import CheckpointError, read_stored
from indexer.backbones.registry import ProfileDescription
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.sharing.records import CATALOGUE
from indexer.stages.work import FrozenEncoder

if TYPE_CHECKING:
    from encoder.model import Encoder


def load_current(catalogue: Catalogue) -> FrozenEncoder | None:
    """Return the encoder in use, or None before one is fitted.

    Raises:
        ReelfindError: its checkpoint is damaged or missing.
    """
    current = catalogue.current_encoder
    return None if current is None else load_encoder(catalogue, current)


def load_encoder(catalogue: Catalogue, identity: str) -> FrozenEncoder:
    """Return an encoder of the catalogue.

    Raises:
        ReelfindError: its checkpoint is damaged or missing.
    """
    folder = catalogue.encoders_path / identity
    if not folder.is_dir():
        catalogue.shared.pull(CATALOGUE)
    try:
        stored = read_stored(folder)
    except CheckpointError as error:
        raise _refit(error) from error
    return FrozenEncoder(identity, stored.config, partial(_load, folder))


def modalities_of(description: ProfileDescription) -> Modalities:
    """Return the names and widths of a profile's modality embeddings, in the order of fusion."""
    return tuple(description.modalities.items())


def _load(folder: Path) -> "Encoder":
    from encoder.checkpoints import load_checkpoint

    try:
        return load_checkpoint(folder).encoder
    except CheckpointError as error:
        raise _refit(error) from error


def _refit(error: CheckpointError) -> ReelfindError:
    return ReelfindError(f"{error} with `reelfind index --refit`")
