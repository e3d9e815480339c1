"""Which titles came into the catalogue after a moment, and which number was given last."""

from datetime import datetime
from typing import Protocol

from indexer.arrivals import FIRST
from indexer.catalogue import Catalogue
from indexer.manifest import Manifest, by_time


class Arrivals(Protocol):
    """What saved searches ask of titles; ``indexer.titles.Titles`` answers it from the store."""

    def since(self, moment: datetime = FIRST, number: int | None = None) -> list[Manifest]:
        """Return the titles that were first indexed after others, oldest first."""
        ...

    def last_number(self, until: datetime | None = None) -> int:
        """Return the highest number of titles, of those indexed until a moment; 0 for none."""
        ...


class CatalogueArrivals:
    """Answers from the titles' own files: for commands, since a server may hold the store."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._titles = [each for each in catalogue.manifests() if each.indexed is not None]

    def since(self, moment: datetime = FIRST, number: int | None = None) -> list[Manifest]:
        """Return the titles that were first indexed after others, oldest first.

        One of which nobody noted the time is left out.

        Args:
            moment: counts for titles without a number, and without ``number`` for all.
            number: of the last title before; clocks may be set back.
        """

        def is_new(each: Manifest) -> bool:
            if number is None or each.number is None:
                return (each.indexed or FIRST) > moment
            return each.number > number

        return by_time(filter(is_new, self._titles))

    def last_number(self, until: datetime | None = None) -> int:
        """Return the highest number of titles, of those indexed until a moment; 0 for none."""
        return max(
            (
                each.number or 0
                for each in self._titles
                if until is None or (each.indexed or FIRST) <= until
            ),
            default=0,
        )
