"""Training data of an encoder: titles for training, and titles for validation."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from encoder.batches import TitleSequence


@dataclass(frozen=True)
class TrainingData:
    """Titles to train on and titles to validate on, of one profile."""

    titles: Sequence[TitleSequence]
    validation: Sequence[TitleSequence]
    profile: str

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits that identify all of its embeddings."""
        digest = hashlib.sha256(self.profile.encode())
        for part in (self.titles, self.validation):
            digest.update(b"\0part")
            for title in sorted(part, key=lambda title: title.title_id):
                digest.update(f"\0{title.title_id}\0{title.fused.shape}".encode())
                digest.update(title.fused.tobytes())
                digest.update(title.metadata.tobytes())
        return digest.hexdigest()[:16]


def split_titles(
    titles: Sequence[TitleSequence], share: float
) -> tuple[list[TitleSequence], list[TitleSequence]]:
    """Set titles aside for validation: return those to train on and those to validate on.

    The choice depends on the ids alone, so a title stays on its side when others are added.
    At least one title is left to train on, and of two or more at least one is set aside.
    """
    ranked = sorted(titles, key=lambda t: hashlib.sha256(t.title_id.encode()).digest())
    count = min(max(round(len(ranked) * share), 1), len(ranked) - 1)
    return ranked[count:], ranked[:count]
