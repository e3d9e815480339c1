"""Small copies of vectors and frozen payload indexes for the embedded engine.

Where a collection is large, comparing every point with a query takes long: 20 to 30 ms a route at
400,000 points. The engine's optimizer packs what was written into parts that do not change, whose
payload indexes answer quicker, with copies of the vectors of a byte a number that are compared in
their place; the full vectors then settle which are the best. It can build graphs (HNSW) too: they
lose more than they win here, see ``docs/results/experiments.md``.

The optimizer holds the interpreter lock for minutes. So it runs in a process of its own, on a copy
of the collection, which then takes the collection's place (see ``Shards.exchange``).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import qdrant_edge as edge

from indexer.errors import ReelfindError
from indexer.limits import IN_BACKGROUND
from indexer.sections import StoreSettings
from indexer.store.parameters import OVERSAMPLING

WORTH = 50_000
"""Points outside optimized parts before it is worth the minutes: some 3 ms a route."""
PARTS = 3
"""From so many on the engine merges parts, one that is written to included. It searches them in
parallel, so two packed ones answer quicker than one."""
LARGEST = 64 * 2**20
"""KiB that a part may grow to. The engine's own bound follows the number of cores, and two of
them would divide a million shots into a dozen parts."""
THRESHOLD = 1000
"""KiB of vectors from which a part is optimized: all that comes here is larger."""
NICENESS = 10
"""Search goes on beside it."""


def waiting(shard: edge.EdgeShard, sizes: Mapping[str, int]) -> int:
    """Return how many points of a shard, about, are in no optimized part.

    Args:
        shard: of a collection.
        sizes: of its vectors, by name.
    """
    info = shard.info()
    vectors = 0
    for name in sizes:
        having = edge.Filter(must=[edge.HasVectorCondition(name)])
        vectors += shard.count(edge.CountRequest(exact=True, filter=having))
    unseen = max(0, vectors - info.indexed_vectors_count)
    return info.points_count * unseen // max(1, vectors)


def optimize_copy(
    folder: Path, copy: Path, sizes: Mapping[str, int], settings: StoreSettings
) -> None:
    """Copy a collection that is flushed and not written to, and optimize the copy.

    Args:
        folder: the collection's.
        copy: an empty folder.
        sizes: of the collection's vectors by name; 0 is a sparse vector's.
        settings: whether to quantize, and what to leave on disk.

    Raises:
        ReelfindError: it failed; ``copy`` may hold an unfinished copy.
    """
    try:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise _failed(folder, str(error)) from error
    vectors = [f"{name}={size}" for name, size in sizes.items()]
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(copy), settings.model_dump_json(), *vectors],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        creationflags=IN_BACKGROUND,
    )
    if done.returncode:
        last = done.stderr.strip().rsplit("\n", 1)[-1]
        raise _failed(folder, last or f"exit status {done.returncode}")


def optimized_config(sizes: Mapping[str, int], settings: StoreSettings) -> edge.EdgeConfig:
    """Return how an optimized collection is kept; a size of 0 is a sparse vector's."""
    memory = edge.Memory.Cold if settings.on_disk else edge.Memory.Cached
    no_graph = edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000, payload_m=0)
    return edge.EdgeConfig(
        vectors={
            name: edge.EdgeVectorParams(
                size,
                edge.Distance.Dot,
                datatype=edge.VectorStorageDatatype.Float16,
                memory=memory,
                hnsw_config=no_graph,
                quantization_config=_quantization(settings),
            )
            for name, size in sizes.items()
            if size
        },
        sparse_vectors={
            name: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)
            for name, size in sizes.items()
            if not size
        },
        hnsw_config=no_graph,
        payload_memory=memory,
        optimizers=edge.EdgeOptimizersConfig(
            default_segment_number=PARTS,
            max_segment_size=LARGEST,
            indexing_threshold=THRESHOLD,
        ),
    )


def search_params(settings: StoreSettings) -> edge.SearchParams | None:
    """Return how a query uses the small copies, where there are any."""
    if settings.quantization == "none":
        return None
    return edge.SearchParams(
        quantization=edge.QuantizationSearchParams(
            rescore=True, oversampling=OVERSAMPLING[_kind(settings)]
        )
    )


def _quantization(
    settings: StoreSettings,
) -> edge.ScalarQuantizationConfig | edge.BinaryQuantizationConfig | None:
    if settings.quantization == "none":
        return None
    if _kind(settings) == "binary":
        return edge.BinaryQuantizationConfig(memory=edge.Memory.Pinned)
    return edge.ScalarQuantizationConfig(edge.ScalarType.Int8, memory=edge.Memory.Pinned)


def _kind(settings: StoreSettings) -> str:
    return "scalar" if settings.quantization == "auto" else settings.quantization


def _failed(folder: Path, cause: str) -> ReelfindError:
    return ReelfindError(
        f"{folder}: cannot be optimized ({cause}); search works as before, only slower: free disk"
        " and memory, then run `reelfind index` again"
    )


def main(arguments: list[str]) -> None:
    """Optimize the collection in a folder that nobody else has open.

    Args:
        arguments: the folder, the settings as JSON, and each vector as ``name=size``.
    """
    folder, settings, *vectors = arguments
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    sizes = {name: int(size) for name, size in (each.split("=") for each in vectors)}
    config = optimized_config(sizes, StoreSettings.model_validate_json(settings))
    shard = edge.EdgeShard.load(folder, config)
    shard.optimize()
    shard.flush()
    shard.close()


if __name__ == "__main__":
    main(sys.argv[1:])
