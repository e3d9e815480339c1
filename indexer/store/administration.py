"""The collections of a Qdrant server: made, described, and named for search."""

from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from qdrant_client import QdrantClient, models

from indexer.errors import ReelfindError
from indexer.sections import StoreSettings
from indexer.store.answers import missing, server_errors
from indexer.store.base import LEVELS, pair
from indexer.store.parameters import collection_parameters, schema_of, vector_sizes
from indexer.store.patience import Patience
from indexer.store.schema import CollectionSchema

T = TypeVar("T")

ALIAS = "reelfind"
"""The aliases ``reelfind-shots`` and ``reelfind-clips`` are the pair that search reads."""


class ServerCollections:
    """The part of a ``Store`` over a client that is about whole collections.

    Args:
        client: owned from now on.
        name: what errors call it: its URL.
        settings: how collections are made, and how long the server may be away.
        told: makes the store wait without end for a server that goes away, see ``Patience``.
    """

    def __init__(
        self,
        client: QdrantClient,
        name: str,
        settings: StoreSettings | None = None,
        told: Callable[[str], None] | None = None,
    ) -> None:
        self._client = client
        self._name = name
        self._settings = settings or StoreSettings()
        self._patience = Patience(self._settings.patience, told)

    def collections(self) -> list[str]:
        """Return the names of all collections, sorted."""
        answer = self._ask(self._client.get_collections)
        return sorted(each.name for each in answer.collections)

    def exists(self, collection: str) -> bool:
        """Say whether the collection is there."""
        return self._ask(lambda: self._client.collection_exists(collection))

    def ensure_schema(self, collection: str, schema: CollectionSchema) -> None:
        """Make the collection, or add the payload indexes it lacks."""
        self._create(collection, schema)
        info = self._info(collection)
        found, wanted = vector_sizes(info.config.params), schema.sizes
        if found != wanted:
            raise ReelfindError(
                f"{self._name}: collection {collection} holds other vectors ({found}) than"
                f" this profile's ({wanted}); use another server, or delete the collection"
                " and index again"
            )
        for field in sorted(schema.indexes.keys() - info.payload_schema.keys()):
            self._index(collection, field, schema.indexes[field])

    def schema(self, collection: str) -> CollectionSchema:
        """Return the schema that the collection was made with, and its payload indexes."""
        return schema_of(self._info(collection))

    def prepare(self, schema: CollectionSchema, count: int) -> None:
        """Do nothing: a server makes a collection at once."""
        del schema, count

    def drop(self, collection: str) -> None:
        """Delete the collection, if it exists."""
        self._ask(lambda: self._client.delete_collection(collection))

    def current(self) -> str | None:
        """Return the name of the pair that search reads; None if there is none, or not whole."""
        aliases = self._aliases()
        names = {aliases.get(f"{ALIAS}-{level}", "").removesuffix(f"-{level}") for level in LEVELS}
        return names.pop() or None if len(names) == 1 else None

    def set_current(self, name: str) -> None:
        """Let search read the pair ``name`` from now on, both collections at once."""
        for collection in pair(name):
            if not self.exists(collection):
                raise missing(self._name, collection)
        old = self._aliases().keys() & set(pair(ALIAS))
        operations: list[models.AliasOperations] = [
            models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias))
            for alias in sorted(old)
        ]
        operations += [
            models.CreateAliasOperation(
                create_alias=models.CreateAlias(collection_name=collection, alias_name=alias)
            )
            for collection, alias in zip(pair(name), pair(ALIAS), strict=True)
        ]
        self._ask(lambda: self._client.update_collection_aliases(operations))

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
