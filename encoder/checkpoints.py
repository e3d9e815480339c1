"""Checkpoints: encoders on disk, each a folder that is written atomically."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError

from encoder.atomic import write_folder
from encoder.config import EncoderConfig, TrainingConfig
from encoder.evaluation import FitReport
from encoder.model import Encoder, new_encoder
from encoder.stored import RECORD, WEIGHTS, CheckpointError, identify, read_stored, unreadable


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """An encoder with its origin.

    ``profile`` names the backbones whose embeddings it reads; ``parents`` are the keys of its
    sources (artefacts, or the checkpoint it started from).
    """

    encoder: Encoder
    training: TrainingConfig
    report: FitReport
    profile: str
    parents: tuple[str, ...] = ()

    @property
    def checkpoint_id(self) -> str:
        """16 hexadecimal digits that identify the weights and the config only."""
        return identify(_weights(self.encoder), self.encoder.config)


def save_checkpoint(checkpoint: Checkpoint, folder: Path) -> str:
    """Write ``folder`` with its weights and its record, and return the checkpoint's id.

    Raises:
        FileExistsError: ``folder`` is there already; a checkpoint is never changed.
    """
    weights = _weights(checkpoint.encoder)
    config = checkpoint.encoder.config
    record = {
        "checkpoint_id": identify(weights, config),
        "config": asdict(config),
        "training": asdict(checkpoint.training),
        "report": asdict(checkpoint.report),
        "profile": checkpoint.profile,
        "parents": checkpoint.parents,
    }
    write_folder(folder, {WEIGHTS: weights, RECORD: json.dumps(record, indent=2).encode()})
    return identify(weights, config)


def load_checkpoint(folder: Path, *, fused_dim: int | None = None) -> Checkpoint:
    """Read and verify the checkpoint in ``folder``; the encoder is on the CPU.

    Args:
        folder: what ``save_checkpoint`` wrote.
        fused_dim: the required width of fused embeddings, if known.

        Raises:
            CheckpointError: the folder is missing, incomplete, changed since it was written, of
                another version, or for embeddings of another width.
    """
    stored = read_stored(folder)
    config, record = stored.config, stored.record
    try:
        training = TrainingConfig.from_json(json.dumps(record["training"]))
        report = FitReport.from_record(record["report"])
        profile, parents = record["profile"], tuple(record["parents"])
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable(folder, error) from error
    if fused_dim is not None and fused_dim != config.fused_dim:
        raise CheckpointError(
            f"{folder}: made for fused embeddings {config.fused_dim} wide (profile {profile}),"
            f" not {fused_dim}; choose that profile or fit a new encoder"
        )
    return Checkpoint(_encoder(stored.weights, config, folder), training, report, profile, parents)


def _encoder(weights: bytes, config: EncoderConfig, folder: Path) -> Encoder:
    encoder = new_encoder(config, seed=0)
    try:
        encoder.load_state_dict(safetensors.torch.load(weights))
    except (SafetensorError, RuntimeError) as error:
        raise CheckpointError(f"{folder}: weights that do not fit its config") from error
    return encoder


def _weights(encoder: Encoder) -> bytes:
    state = {name: tensor.cpu().contiguous() for name, tensor in encoder.state_dict().items()}
    return safetensors.torch.save(state)
