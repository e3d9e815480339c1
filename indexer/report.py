"""The report of a run of indexing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.stored_path import StoredPath


@dataclass(frozen=True)
class StageTime:
    """What a stage took, in seconds; None if its result was already there."""

    stage: str
    seconds: float | None


@dataclass(frozen=True)
class TitleResult:
    """One file's outcome. ``error`` is one line, or None when the title is indexed whole.

    ``seconds`` is the length of the film, ``worked`` the seconds by the clock that were spent on
    it, ``times`` what each stage took; stages overlap.
    """

    path: StoredPath
    name: str
    title_id: str | None = None
    seconds: float = 0.0
    shots: int = 0
    clips: int = 0
    worked: float = 0.0
    times: tuple[StageTime, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None

    @property
    def unchanged(self) -> bool:
        """Whether nothing had to be done."""
        return self.error is None and all(each.seconds is None for each in self.times)


@dataclass(frozen=True)
class IndexReport:
    """A whole run: ``seconds`` by the clock, ``fitting`` of them on the encoder (None: kept).

    ``stages`` are the seconds of each stage over all titles; they overlap. ``quicker`` are lines on
    what would have made it quicker.
    """

    titles: tuple[TitleResult, ...]
    problems: tuple[str, ...]
    encoder: str | None
    fitting: float | None
    seconds: float
    stages: Mapping[str, float] = field(default_factory=dict)
    quicker: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """How many files or folders could not be indexed."""
        return len(self.problems) + sum(title.error is not None for title in self.titles)
