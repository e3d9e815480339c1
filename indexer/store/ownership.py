"""The names of collections on a Qdrant server that several catalogues share.

The rest of Reelfind calls a collection ``lite-0a1b2c3d-4-shots``. On a server its name is
``<prefix>-<catalogue id>-lite-0a1b2c3d-4-shots``, and the aliases ``<prefix>-<catalogue id>-shots``
and ``-clips`` are the pair that search reads. A catalogue knows its own by the id, so the prefix
may change.

Earlier versions used the short names and the aliases ``reelfind-shots`` and ``reelfind-clips``
for every catalogue. The catalogue whose titles such a pair holds adopts it: the collections keep
their names, and the long names become aliases of them.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass

from qdrant_client import models

from indexer.store.names import LEVELS, pair

EARLIER = "reelfind"
"""The start of the aliases of earlier versions, and of a store without an owner."""

Places = Mapping[str, str]
"""What the server calls each collection, by the name that the rest of Reelfind uses."""


@dataclass(frozen=True)
class Owner:
    """A catalogue, to a store on a server.

    Without an ``id`` there is one catalogue on the server, and names are as they are.

    Args:
        id: of the catalogue.
        prefix: what new names on the server start with.
        titles: returns the ids of the titles that the catalogue has in a pair of some name.
    """

    id: str | None = None
    prefix: str = EARLIER
    titles: Callable[[str], Set[str]] = lambda _name: frozenset()

    def place(self, name: str) -> str:
        """Return the server's name for a new collection."""
        return name if self.id is None else f"{self.prefix}-{self.id}-{name}"

    def alias(self, level: str) -> str:
        """Return the alias of the collection of a level that search reads."""
        return f"{self.prefix}-{level}" if self.id is None else self.place(level)

    def places(self, collections: Iterable[str], aliases: Mapping[str, str]) -> Places:
        """Return the server's names for this catalogue's collections.

        Args:
            collections: the names of all collections of the server.
            aliases: all aliases of the server, and the collection of each.
        """
        if self.id is None:
            return {name: name for name in collections}
        adopted = {self._name_of(alias): place for alias, place in aliases.items()}
        own = adopted | {self._name_of(place): place for place in collections}
        return {name: place for name, place in own.items() if name and name not in LEVELS}

    def searched(self, aliases: Mapping[str, str]) -> Mapping[str, str]:
        """Return the collection on the server that search reads, by level."""
        found = {self._level_of(alias): place for alias, place in aliases.items()}
        return {level: found[level] for level in LEVELS if level in found}

    def moved(
        self, name: str, places: Places, aliases: Iterable[str]
    ) -> list[models.AliasOperations]:
        """Return the alias operations that switch search to the pair ``name``."""
        old = sorted(alias for alias in aliases if self._level_of(alias) is not None)
        new = zip(pair(name), LEVELS, strict=True)
        return [*map(_delete, old), *(_create(self.alias(at), places[each]) for each, at in new)]

    def adopting(self, name: str) -> list[models.AliasOperations]:
        """Return the alias operations that adopt the pair of an earlier version.

        Renaming comes first: it fails where another catalogue was quicker.
        """
        renamed: list[models.AliasOperations] = [
            models.RenameAliasOperation(
                rename_alias=models.RenameAlias(
                    old_alias_name=f"{EARLIER}-{level}", new_alias_name=self.alias(level)
                )
            )
            for level in LEVELS
        ]
        return [*renamed, *(_create(self.place(each), each) for each in pair(name))]

    def _name_of(self, place: str) -> str | None:
        """Return Reelfind's name for a collection; None if another catalogue owns it."""
        prefix, found, name = place.partition(f"{self.id}-")
        return name if found and prefix.endswith("-") else None

    def _level_of(self, alias: str) -> str | None:
        level = alias.removeprefix(f"{self.prefix}-") if self.id is None else self._name_of(alias)
        return level if level in LEVELS else None


def pair_of(places: Mapping[str, str]) -> str | None:
    """Return the pair of these collections, by level; None if they are of none or of two."""
    names = {place.removesuffix(f"-{level}") for level, place in places.items()}
    return names.pop() or None if len(names) == 1 and len(places) == len(LEVELS) else None


def _create(alias: str, place: str) -> models.CreateAliasOperation:
    made = models.CreateAlias(collection_name=place, alias_name=alias)
    return models.CreateAliasOperation(create_alias=made)


def _delete(alias: str) -> models.DeleteAliasOperation:
    return models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias))
