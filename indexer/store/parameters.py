"""How a server is told to keep a collection: vectors, their small copies, shards and replicas."""

from typing import Any

from qdrant_client import models

from indexer.sections import StoreSettings
from indexer.store.schema import CollectionSchema

OVERSAMPLING = {"scalar": 1.5, "binary": 4.0}
"""How many times the hits asked for are read from the small copies, before the full vectors
settle which of them are the best. One bit a number misjudges far more often than one byte."""


def collection_parameters(schema: CollectionSchema, settings: StoreSettings) -> dict[str, Any]:
    """Return the arguments of ``create_collection``: Dot, float16, IDF where sparse."""
    on_disk = True if settings.on_disk else None
    return {
        "vectors_config": {
            name: models.VectorParams(
                size=size,
                distance=models.Distance.DOT,
                datatype=models.Datatype.FLOAT16,
                on_disk=on_disk,
            )
            for name, size in schema.dense.items()
        },
        "sparse_vectors_config": {
            name: models.SparseVectorParams(modifier=models.Modifier.IDF) for name in schema.sparse
        },
        "quantization_config": _quantization(settings),
        "on_disk_payload": on_disk,
        "shard_number": settings.shard_number,
        "replication_factor": _if_more(settings.replication_factor),
        "write_consistency_factor": _if_more(settings.write_consistency_factor),
    }


def search_parameters(settings: StoreSettings) -> models.SearchParams | None:
    """Return how a query uses the small copies, if there are any."""
    if settings.quantization in ("auto", "none"):
        return None
    oversampling = OVERSAMPLING[settings.quantization]
    return models.SearchParams(
        quantization=models.QuantizationSearchParams(rescore=True, oversampling=oversampling)
    )


def vector_sizes(parameters: models.CollectionParams) -> dict[str, int]:
    """Return the sizes of a collection's vectors by name; a sparse one has none and counts as 0."""
    dense = parameters.vectors if isinstance(parameters.vectors, dict) else {}
    sizes = {name: vector.size for name, vector in dense.items()}
    return dict(sorted({**sizes, **dict.fromkeys(parameters.sparse_vectors or (), 0)}.items()))


def schema_of(info: models.CollectionInfo) -> CollectionSchema:
    """Return the schema of a collection that a server describes."""
    sizes = vector_sizes(info.config.params)
    return CollectionSchema(
        {name: size for name, size in sizes.items() if size},
        tuple(name for name, size in sizes.items() if not size),
        {field: index.data_type for field, index in sorted(info.payload_schema.items())},
    )


def _quantization(
    settings: StoreSettings,
) -> models.ScalarQuantization | models.BinaryQuantization | None:
    match settings.quantization:
        case "scalar":
            kind = models.ScalarType.INT8
            scalar = models.ScalarQuantizationConfig(type=kind, always_ram=True)
            return models.ScalarQuantization(scalar=scalar)
        case "binary":
            return models.BinaryQuantization(
                binary=models.BinaryQuantizationConfig(always_ram=True)
            )
        case "auto" | "none":
            return None


def _if_more(copies: int) -> int | None:
    # One is the server's own choice; its default may have been set by whoever runs it.
    return copies if copies > 1 else None
