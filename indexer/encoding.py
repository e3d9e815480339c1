"""The encoder of a catalogue: fitted once, then kept until the user asks for another."""

from collections.abc import Callable, Sequence

from encoder.batches import TitleSequence, mean_direction
from encoder.checkpoints import Checkpoint, CheckpointError, load_checkpoint, save_checkpoint
from encoder.config import catalogue as catalogue_preset
from encoder.config import catalogue_training
from encoder.evaluation import evaluate
from encoder.training import Step, fit
from indexer.artefacts import read_vectors
from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.stages import context, embed
from indexer.stages.work import FrozenEncoder, TitleWork


def load_current(catalogue: Catalogue) -> FrozenEncoder | None:
    """Return the encoder in use, or None if none was ever fitted.

    Raises:
        ReelfindError: its checkpoint is damaged or missing.
    """
    current = catalogue.current_encoder
    if current is None:
        return None
    try:
        checkpoint = load_checkpoint(catalogue.encoders_path / current)
    except CheckpointError as error:
        raise ReelfindError(f"{error} with `reelfind index --refit`") from error
    return FrozenEncoder(current, checkpoint.encoder)


def fit_to_catalogue(
    works: Sequence[TitleWork], catalogue: Catalogue, progress: Callable[[float], None]
) -> FrozenEncoder:
    """Train a small encoder on the fused embeddings of all titles and save its checkpoint.

    The same titles and number of threads give the same checkpoint, to the byte. ``progress``
    takes the part that is done.
    """
    sequences = [
        TitleSequence(
            work.title.title_id,
            read_vectors(work.artefact(embed.FUSED, embed.VECTORS)),
            context.embed_metadata(work),
        )
        for work in sorted(works, key=lambda work: work.title.title_id)
    ]
    first = sequences[0]
    config = catalogue_preset(first.fused.shape[1], len(first.metadata))
    training = catalogue_training(sum(map(len, sequences)))

    def step(done: Step) -> None:
        progress(done.number / done.steps)

    encoder = fit(sequences, config, training, step)
    report = evaluate(encoder, sequences, mean_direction(sequences), training)
    parents = tuple(sorted(work.keys[embed.FUSED] for work in works))
    checkpoint = Checkpoint(encoder, training, report, works[0].settings.profile, parents)
    identity = checkpoint.checkpoint_id
    folder = catalogue.encoders_path / identity
    if not folder.exists():
        save_checkpoint(checkpoint, folder)
    return FrozenEncoder(identity, encoder)
