"""Points of one short vector, for tests of what a store does with any."""

from qdrant_client import models

from indexer.store.names import point_id
from indexer.store.schema import CollectionSchema

BARE = CollectionSchema({"context": 4}, ("words",), {"title": models.PayloadSchemaType.KEYWORD})


def shot(index: int) -> models.PointStruct:
    return models.PointStruct(
        id=point_id("0123abcd", "shot", index, 1),
        vector={"context": [index / 8, 0.5, 0.0, 1.0]},
        payload={"title": f"t{index % 3}"},
    )
