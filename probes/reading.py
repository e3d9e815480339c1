"""Readings: the blocks that a probe reads, each with an L2 term of its own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One block of a reading, before heads are fitted to it.

    ``alike`` says that heads see its likeness to the titles that they are fitted to. ``strength``
    is that of its L2 term, which the strengths of a fit multiply.
    """

    block: str
    alike: bool = False
    strength: float = 1.0


Reading = tuple[Term, ...]


@dataclass(frozen=True)
class BlockRecord:
    """A block that a probe reads, or that was tried and left out.

    ``strength`` is that of its L2 term, None where it was left out; ``known_titles`` says to how
    many titles likeness is measured, 0 for a linear head. ``alone`` is the task's metric with this
    block alone. ``adds`` is what the block adds to those before it, for the first one to chance,
    and for one left out to all that are read: a paired difference with its 95 % interval over
    titles, on the folds that the blocks were chosen on.
    """

    name: str
    width: int
    strength: float | None
    known_titles: int
    alone: float
    adds: float
    low: float
    high: float

    @property
    def is_read(self) -> bool:
        """Whether the probe reads it."""
        return self.strength is not None
