"""When titles came into a catalogue: a time for people, and a number that says what is new.

Clocks are set back, and those of two machines differ. Numbers only grow: each title that is
indexed for the first time gets the next one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from encoder.atomic import write_text

FIRST = datetime.min.replace(tzinfo=UTC)
"""Before everything."""
COUNT = "COUNT"
"""The file with the last number: that of a title that was removed is not given again."""


@dataclass(frozen=True)
class Arrival:
    """When a title was first indexed; ``number`` is None where a version without them did it."""

    when: datetime
    number: int | None = None


class Arrivals:
    """The arrivals of a data directory: a file for each title, named by its id.

    Only the process that holds the lock of the data directory notes them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, title_id: str) -> Arrival | None:
        """Return when a title came; None where that was not noted."""
        file = self._folder / title_id
        try:
            when, *number = file.read_text(encoding="utf-8").split()
            moment = datetime.fromisoformat(when)
            return Arrival(
                moment if moment.tzinfo else moment.replace(tzinfo=UTC),
                int(number[0]) if number else None,
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            # Damaged: it was written when the title came.
            return Arrival(datetime.fromtimestamp(file.stat().st_mtime, UTC))

    def noted(self, title_id: str) -> bytes:
        """Return what is noted of a title, as it stands in its file; nothing where there is none.

        Raises:
            OSError: the file cannot be read.
        """
        try:
            return (self._folder / title_id).read_bytes()
        except FileNotFoundError:
            return b""

    def note(self, title_id: str, when: datetime | None, is_new: bool) -> None:
        """Note that a title came, at a time or now, unless that is known already.

        Args:
            title_id: of the title.
            when: the time; None is now.
            is_new: nobody could see the title yet. What a run noted that was killed before it
                finished does not count: others may have come since.
        """
        before = None if is_new else self.find(title_id)
        if before is not None and when in (None, before.when):
            return
        number = self._last() + 1
        write_text(self._folder / COUNT, str(number))
        moment = when or datetime.now(UTC)
        write_text(self._folder / title_id, f"{moment.isoformat()} {number}")

    def forget(self, title_id: str) -> None:
        """Forget when a title came."""
        (self._folder / title_id).unlink(missing_ok=True)

    def _last(self) -> int:
        """Return the last number; the largest that is noted where the count is lost."""
        try:
            return int((self._folder / COUNT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            names = [each.name for each in self._folder.glob("[!.]*") if each.name != COUNT]
            found = [self.find(name) for name in names]
            return max((each.number or 0 for each in found if each is not None), default=0)
