"""The files of a checkpoint, read and verified without loading the network."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from encoder.config import EncoderConfig

WEIGHTS = "model.safetensors"
RECORD = "encoder.json"


class CheckpointError(ValueError):
    """One line: the folder, what is wrong with it, and the next step."""


@dataclass(frozen=True, eq=False)
class StoredCheckpoint:
    """What the folder of a checkpoint holds: the bytes of the weights, and its record."""

    checkpoint_id: str
    config: EncoderConfig
    weights: bytes
    record: Mapping[str, Any]


def read_stored(folder: Path) -> StoredCheckpoint:
    """Read and verify the files of the checkpoint in ``folder``.

    Raises:
        CheckpointError: the folder is not there, not whole, changed since it was written, or of
            another version.
    """
    try:
        weights = (folder / WEIGHTS).read_bytes()
        record: dict[str, Any] = json.loads((folder / RECORD).read_bytes())
        config = EncoderConfig.from_json(json.dumps(record["config"]))
        recorded_id = record["checkpoint_id"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(folder, error) from error
    if identify(weights, config) != recorded_id:
        raise CheckpointError(f"{folder}: damaged or changed since it was written; fit a new one")
    return StoredCheckpoint(recorded_id, config, weights, record)


def identify(weights: bytes, config: EncoderConfig) -> str:
    """Return the id of a checkpoint, 16 hexadecimal digits, from its weights and config."""
    return hashlib.sha256(config.to_json().encode() + b"\0" + weights).hexdigest()[:16]


def unreadable(folder: Path, error: Exception) -> CheckpointError:
    """Return the error for a folder whose files are not those of a checkpoint."""
    return CheckpointError(
        f"{folder}: not an encoder checkpoint of this version ({error}); fit a new encoder"
    )
