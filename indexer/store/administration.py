"""The collections of a Qdrant server: made, described, and named for search."""

from collections.abc import Callable, Mapping, Set
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from qdrant_client import QdrantClient, models

from indexer.errors import ReelfindError
from indexer.sections import StoreSettings
from indexer.store.answers import missing, server_errors
from indexer.store.names import LEVELS, pair
from indexer.store.ownership import EARLIER, Owner, pair_of
from indexer.store.parameters import collection_parameters, schema_of, vector_sizes
from indexer.store.patience import Patience
from indexer.store.schema import CollectionSchema

T = TypeVar("T")


class ServerCollections:
    """The part of a ``Store`` over a client that is about whole collections.

    Args:
        client: owned from now on.
        name: of the server in errors: its URL.
        settings: how collections are made, and how long the server may be away.
        told: makes the store wait without end for a server that goes away, see ``Patience``.
        owner: whose collections these are; others of the server are neither seen nor touched.
    """

    def __init__(
        self,
        client: QdrantClient,
        name: str,
        settings: StoreSettings | None = None,
        told: Callable[[str], None] | None = None,
        owner: Owner | None = None,
    ) -> None:
        self._client = client
        self._name = name
        self._settings = settings or StoreSettings()
        self._patience = Patience(self._settings.patience, told)
        self._owner = owner or Owner()
        self._places: Mapping[str, str] = {}

    @property
    def place(self) -> str:
        """The address of the server."""
        return self._name

    @property
    def is_remote(self) -> bool:
        """Yes: each question is a request."""
        return True

    def collections(self) -> list[str]:
        """Return the names of all collections of the owner, sorted."""
        return sorted(self._listed())

    def exists(self, collection: str) -> bool:
        """Return whether the collection is there."""
        place = self._at(collection)
        return self._ask(lambda: self._client.collection_exists(place))

    def ensure_schema(self, collection: str, schema: CollectionSchema) -> None:
        """Make the collection, or add the payload indexes it lacks."""
        place = self._at(collection)
        self._create(place, schema)
        info = self._info(place)
        found, wanted = vector_sizes(info.config.params), schema.sizes
        if found != wanted:
            raise ReelfindError(
                f"{self._name}: collection {place} holds other vectors ({found}) than"
                f" this profile's ({wanted}); use another server, or delete the collection"
                " and index again"
            )
        for field in sorted(schema.indexes.keys() - info.payload_schema.keys()):
            self._index(place, field, schema.indexes[field])

    def schema(self, collection: str) -> CollectionSchema:
        """Return the schema that the collection was made with, and its payload indexes."""
        return schema_of(self._info(self._at(collection)))

    def prepare(self, schema: CollectionSchema, count: int) -> None:
        """Do nothing: a server makes a collection at once."""
        del schema, count

    def drop(self, collection: str) -> None:
        """Delete the collection, if it exists."""
        place = self._at(collection)
        self._ask(lambda: self._client.delete_collection(place))

    def current(self) -> str | None:
        """Return the name of the pair that search reads; None if there is none, or not whole.

        A pair of an earlier version is adopted here, see ``indexer.store.ownership``.

        Raises:
            ReelfindError: the owner's aliases lead to collections of somebody else.
        """
        aliases = self._aliases()
        if not self._owner.searched(aliases) and self._adopt(aliases):
            aliases = self._aliases()
        searched = self._owner.searched(aliases)
        own = self._owner.places(searched.values(), aliases)
        names = {place: name for name, place in own.items()}
        for level, place in searched.items():
            if place not in names:
                raise ReelfindError(
                    f"{self._name}: the alias {self._owner.alias(level)} leads to the collection"
                    f" {place}, which is not this catalogue's; delete the alias on the server, then"
                    " run `reelfind index`"
                )
        self._places = {**self._places, **own}
        return pair_of({level: names[place] for level, place in searched.items()})

    def set_current(self, name: str) -> None:
        """Let search read the pair ``name`` from now on, both collections at once."""
        places = {each: self._at(each) for each in pair(name)}
        for collection, place in places.items():
            if not self.exists(collection):
                raise missing(self._name, place)
        moved = self._owner.moved(name, places, self._aliases())
        self._ask(lambda: self._client.update_collection_aliases(moved))

    def close(self) -> None:
        """Release the connection. Closing twice does no harm."""
        self._client.close()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _at(self, collection: str) -> str:
        """Return what the server calls a collection of the owner."""
        if self._owner.id is None:
            return collection
        if collection not in self._places:
            self._places = {collection: self._owner.place(collection), **self._listed()}
        return self._places[collection]

    def _listed(self) -> Mapping[str, str]:
        """Return what the server calls each collection of the owner."""
        answer = self._ask(self._client.get_collections)
        places = [each.name for each in answer.collections]
        return self._owner.places(places, self._aliases() if self._owner.id else {})

    def _adopt(self, aliases: Mapping[str, str]) -> bool:
        """Adopt the pair of an earlier version if the owner's titles are in it; say whether."""
        places = Owner().searched(aliases)
        name = pair_of(places)
        if self._owner.id is None or name is None:
            return False
        if sorted(place for place in aliases.values() if place in places.values()) != sorted(
            places.values()
        ):
            return False  # Another alias points there too: somebody else owns it.
        own = self._owner.titles(name)
        if not own or not all(self._holds_only(place, own) for place in places.values()):
            return False
        operations = self._owner.adopting(name)
        try:
            self._ask(lambda: self._client.update_collection_aliases(operations))
        except ReelfindError:
            # Another catalogue was quicker, or this one by a request whose answer was lost.
            if f"{EARLIER}-{LEVELS[0]}" in self._aliases():
                raise
        return True

    def _holds_only(self, place: str, titles: Set[str]) -> bool:
        """Return whether a collection of the server holds points of these titles only."""
        ask = partial(self._client.facet, place, key="title_id", limit=len(titles) + 1, exact=True)
        found = {str(hit.value) for hit in self._ask(ask, place).hits if hit.count}
        return bool(found) and found <= titles

    def _create(self, collection: str, schema: CollectionSchema) -> None:
        # Whether it is there is asked each time: what timed out may have been done.
        def create() -> None:
            if not self._client.collection_exists(collection):
                parameters = collection_parameters(schema, self._settings)
                self._client.create_collection(collection, **parameters)

        self._ask(create)

    def _index(self, collection: str, field: str, kind: models.PayloadSchemaType) -> None:
        create = partial(
            self._client.create_payload_index, collection, field, field_schema=kind, wait=True
        )
        self._ask(create, collection)

    def _info(self, collection: str) -> models.CollectionInfo:
        return self._ask(lambda: self._client.get_collection(collection), collection)

    def _aliases(self) -> dict[str, str]:
        answer = self._ask(self._client.get_aliases)
        return {each.alias_name: each.collection_name for each in answer.aliases}

    def _ask(self, request: Callable[[], T], collection: str | None = None) -> T:
        """Return the answer of a request that may be repeated; ``collection``: see a 404."""

        def once() -> T:
            with server_errors(self._name, collection):
                return request()

        return self._patience.ask(once)
