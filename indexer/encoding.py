"""The encoder of a catalogue: fitted once, then kept until the user asks for another."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from encoder.batches import TitleSequence, mean_direction
from encoder.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from encoder.config import Modalities, catalogue_training
from encoder.config import catalogue as catalogue_preset
from encoder.evaluation import evaluate
from encoder.runs import checkpoint_of
from encoder.stored import CheckpointError
from encoder.training import Step, fit
from indexer.artefacts import read_vectors
from indexer.backbones.registry import ProfileDescription
from indexer.catalogue import Catalogue
from indexer.cores import threads
from indexer.encoder_in_use import modalities_of
from indexer.errors import ReelfindError
from indexer.stages import context, embed
from indexer.stages.work import FrozenEncoder, TitleWork, loaded

EVALUATED_TITLES = 32
"""Titles by which a fitted encoder is judged, at most: seconds, however large the catalogue."""


def adopt(folder: Path, catalogue: Catalogue, description: ProfileDescription) -> FrozenEncoder:
    """Copy a checkpoint into the catalogue, and return its encoder.

    Args:
        folder: a checkpoint, or a training run that has ended.
        catalogue: the destination; the encoder in use does not change.
        description: of the profile whose embeddings it must read.

    Raises:
        ReelfindError: there is no checkpoint, or it reads embeddings of another profile.
    """
    try:
        checkpoint = checkpoint_of(folder)
    except CheckpointError as error:
        raise ReelfindError(str(error)) from error
    config = checkpoint.encoder.config
    expected = (modalities_of(description), description.text.dimension)
    if (
        checkpoint.profile != description.name
        or (config.modalities, config.metadata_dim) != expected
    ):
        raise ReelfindError(
            f"{folder}: this encoder reads embeddings of profile {checkpoint.profile!r} "
            f"({_widths(config.modalities)}), and this catalogue's are of {description.name!r} "
            f"({_widths(expected[0])}); train one on them with `reelfind encoder train`"
        )
    identity = checkpoint.checkpoint_id
    if not (catalogue.encoders_path / identity).exists():
        save_checkpoint(checkpoint, catalogue.encoders_path / identity)
    return loaded(identity, checkpoint.encoder)


def list_encoders(data: Path) -> list[dict[str, Any]]:
    """Return descriptions of a catalogue's encoders, the one in use first.

    Raises:
        ReelfindError: a checkpoint is damaged.
    """
    catalogue = Catalogue(data)
    rows = []
    for folder in sorted(catalogue.encoders_path.glob("*/")):
        try:
            checkpoint = load_checkpoint(folder)
        except CheckpointError as error:
            raise ReelfindError(str(error)) from error
        config, fit = checkpoint.encoder.config, checkpoint.report.overall
        rows.append(
            {
                "encoder": folder.name,
                "in_use": folder.name == catalogue.current_encoder,
                "profile": checkpoint.profile,
                "width": config.width,
                "depth": config.depth,
                "parameters": sum(p.numel() for p in checkpoint.encoder.parameters()),
                "steps": checkpoint.training.steps,
                "gain": round(fit.gain, 3),
                "top1": round(fit.top1, 3),
            }
        )
    return sorted(rows, key=lambda row: not row["in_use"])


def read_sequences(works: Sequence[TitleWork]) -> list[TitleSequence]:
    """Return the fused and metadata embeddings of titles that are fused.

    Shots stay in their files: a large catalogue has more of them than memory holds.
    """
    return [
        TitleSequence(
            work.title.title_id,
            read_vectors(work.artefact(embed.FUSED, embed.VECTORS), mapped=True),
            context.embed_metadata(work),
        )
        for work in works
    ]


def fit_to_catalogue(
    works: Sequence[TitleWork], catalogue: Catalogue, progress: Callable[[float], None]
) -> FrozenEncoder:
    """Train a small encoder on the fused embeddings of all titles and save its checkpoint.

    Uses one core: the matrices are too small to share. So the same titles give the same
    checkpoint, to the byte, on any number of cores. ``progress`` is called with the share of
    the work that is done, 0 to 1.
    """
    sequences = read_sequences(works)
    modalities = modalities_of(works[0].models.description)
    config = catalogue_preset(modalities, len(sequences[0].metadata))
    training = catalogue_training(sum(map(len, sequences)))

    def step(done: Step) -> None:
        progress(done.number / done.steps)

    with threads(1):
        encoder = fit(sequences, config, training, step)
    report = evaluate(
        encoder, sequences, mean_direction(sequences), training, most=EVALUATED_TITLES
    )
    parents = tuple(sorted(work.keys[embed.FUSED] for work in works))
    checkpoint = Checkpoint(encoder, training, report, works[0].settings.profile, parents)
    identity = checkpoint.checkpoint_id
    folder = catalogue.encoders_path / identity
    if not folder.exists():
        save_checkpoint(checkpoint, folder)
    return loaded(identity, encoder)


def _widths(modalities: Modalities) -> str:
    return " + ".join(f"{name} {width}" for name, width in modalities) or "widths unknown"
