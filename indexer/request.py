"""The request for a run of indexing."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """What to index, and how.

    ``force`` runs every stage again; ``refit`` trains a new encoder on the whole catalogue
    and embeds every title again with it; ``encoder`` is a checkpoint to do that with instead;
    ``rescore`` brings every title of the catalogue up to date where its probes, or what points
    hold, have changed;
    ``edited`` are ids of titles of the catalogue whose edited metadata is applied, which needs no
    film; ``jobs`` titles are processed at a time. With ``roots``, no file outside these folders is
    read, even through links. ``audio_track`` is set for every title of ``paths``, see
    ``Metadata``. ``cluster`` is the address of a Ray cluster; None: that of the settings, if any.
    """

    paths: tuple[Path, ...] = ()
    force: bool = False
    refit: bool = False
    encoder: Path | None = None
    rescore: bool = False
    edited: tuple[str, ...] = ()
    jobs: int = 1
    roots: tuple[Path, ...] | None = None
    audio_track: int | None = None
    cluster: str | None = None

    @property
    def changes_encoder(self) -> bool:
        """Whether every title of the catalogue is embedded in context again."""
        return self.refit or self.encoder is not None
