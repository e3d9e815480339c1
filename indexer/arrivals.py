"""When titles came into a catalogue: a time to show, and a number that orders them.

Clocks may be set back and differ between machines. Numbers only grow: each newly indexed title
gets the next one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from encoder.atomic import remove_file, write_text

FIRST = datetime.min.replace(tzinfo=UTC)
"""Before everything."""
COUNT = "COUNT"
"""The file with the last number: that of a title that was removed is not given again."""


@dataclass(frozen=True)
class Arrival:
    """When a title was first indexed; ``number`` is None if an older version indexed it."""

    when: datetime
    number: int | None = None


class Arrivals:
    """The arrivals of a data directory: a file for each title, named by its id.

    Only the process that holds the lock of the data directory writes them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, title_id: str) -> Arrival | None:
        """Return when a title was first indexed; None if that was not recorded."""
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
            # The file is damaged, but its own date is still that of the arrival.
            return Arrival(datetime.fromtimestamp(file.stat().st_mtime, UTC))

    def noted(self, title_id: str) -> bytes:
        """Return the content of a title's arrival file; empty if it cannot be read."""
        try:
            return (self._folder / title_id).read_bytes()
        except OSError:
            return b""

    def note(self, title_id: str, when: datetime | None, is_new: bool) -> None:
        """Record the arrival of a title, at a time or now, unless it is recorded already.

        Args:
            title_id: of the title.
            when: the time; None is now.
            is_new: the title could not be searched before. An arrival recorded by a run that was
            killed does not count then, since other titles may have arrived in between.
        """
        before = None if is_new else self.find(title_id)
        if before is not None and when in (None, before.when):
            return
        number = self._last() + 1
        write_text(self._folder / COUNT, str(number))
        moment = when or datetime.now(UTC)
        write_text(self._folder / title_id, f"{moment.isoformat()} {number}")

    def forget(self, title_id: str) -> None:
        """Delete the record of a title's arrival."""
        remove_file(self._folder / title_id)

    def _last(self) -> int:
        """Return the last number given; if the counter file is lost, the largest on record."""
        try:
            return int((self._folder / COUNT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            names = [each.name for each in self._folder.glob("[!.]*") if each.name != COUNT]
            found = [self.find(name) for name in names]
            return max((each.number or 0 for each in found if each is not None), default=0)
