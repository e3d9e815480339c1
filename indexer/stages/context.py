"""Stage ``context``: the encoder turns a title's fused embeddings into in-context embeddings."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.artefacts import read_vectors, write_vectors
from indexer.records import Metadata
from indexer.stages import embed
from indexer.stages.base import Stage
from indexer.stages.work import TitleWork

NAME = "context"
IN_CONTEXT = "in_context.npy"
PREDICTED = "predicted.npy"


def metadata_text(metadata: Metadata) -> str:
    """Return the words of a title's metadata that the encoder reads as [GLOBAL].

    Genres are left out, because the genre probe has to predict them.
    """
    return " ".join(part for part in (metadata.synopsis, ", ".join(metadata.tags)) if part)


def embed_metadata(work: TitleWork) -> NDArray[np.float32]:
    """Return a title's metadata embedding: [d] float32 at unit norm, zeros if there is none."""
    vectors = work.models.backbones.text.embed_texts([metadata_text(work.title.metadata)])
    row: NDArray[np.float32] = vectors[0]
    return row


def _settings(work: TitleWork) -> dict[str, object]:
    return {
        "encoder": work.frozen_encoder.checkpoint_id,
        "metadata": metadata_text(work.title.metadata),
    }


def _run(work: TitleWork, out: Path) -> None:
    from encoder.windows import embed_title

    fused = read_vectors(work.artefact(embed.FUSED, embed.VECTORS))
    encoder = work.frozen_encoder.encoder
    in_context = embed_title(
        encoder, fused, embed_metadata(work), title_id=work.title.metadata.name
    )
    write_vectors(out / IN_CONTEXT, in_context.states)
    write_vectors(out / PREDICTED, in_context.predicted)


CONTEXT = Stage(NAME, 1, (embed.FUSED,), _settings, _run, doing="embedding in context", rate=0.0005)
