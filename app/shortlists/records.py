"""A shortlist and its items: immutable, with frames on each title's own grid."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from indexer.errors import ReelfindError


class ShortlistError(ReelfindError):
    """A shortlist cannot be read, found or changed as asked."""


class StaleError(ShortlistError):
    """Another writer was there first; nothing was written.

    Args:
        message: the line for the user, with what changed.
        current: the shortlist as it is now.
    """

    def __init__(self, message: str, current: "Shortlist") -> None:
        super().__init__(message)
        self.current = current


def new_id() -> str:
    """Return an identifier that no other shortlist or item has: 12 hexadecimal digits."""
    return uuid4().hex[:12]


@dataclass(frozen=True, slots=True)
class Item:
    """A span of a title: ``start_frame`` is its first frame, ``end_frame`` is exclusive.

    ``item_id`` stays when the item is moved, trimmed or annotated. ``needs_check`` says that
    the title's frames were renumbered and the same pictures could not be found for sure.
    ``note`` is a person's; ``reason`` says why Reelfind suggested the item.
    """

    title_id: str
    start_frame: int
    end_frame: int
    note: str = ""
    item_id: str = field(default_factory=new_id)
    needs_check: bool = False
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse a span that holds no frame.

        Raises:
            ShortlistError: it begins before the title or ends before it begins.
        """
        if not 0 <= self.start_frame < self.end_frame:
            raise ShortlistError(
                f"frames {self.start_frame} to {self.end_frame}: not a span of a title; the in "
                "frame is at least 0 and the out frame, which is left out, comes after it"
            )

    @property
    def frames(self) -> int:
        """The length, in frames of its title."""
        return self.end_frame - self.start_frame


@dataclass(frozen=True, slots=True)
class Shortlist:
    """A named list of items in order. ``version`` counts its changes, from 1.

    ``target_seconds`` is the length it should have; None where none is asked for.
    """

    shortlist_id: str
    name: str
    version: int
    items: tuple[Item, ...] = ()
    target_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What a shortlist was at one version, who made it so and when (UTC)."""

    shortlist: Shortlist
    author: str
    made: datetime
