"""Random catalogues in both backends, with the planner and a slow one over each."""

import warnings
from collections.abc import Iterator

import pytest
from qdrant_client import QdrantClient

from indexer.store.base import Store
from indexer.store.client import ClientStore
from indexer.store.edge import EdgeStore
from tests.app.search.catalogue import draw_catalogue, fill
from tests.app.search.planning import SEEDS, Planners


@pytest.fixture(
    scope="package",
    params=["oracle", "embedded", pytest.param("every seed", marks=pytest.mark.slow)],
)
def planners(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Planners]:
    embedded = request.param == "embedded"
    seeds = SEEDS if request.param == "every seed" else SEEDS[:1]
    drawn = [draw_catalogue(seed) for seed in seeds]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Payload indexes have no effect in the local Qdrant")
        store: Store = (
            EdgeStore(tmp_path_factory.mktemp("store"))
            if embedded
            else ClientStore(QdrantClient(":memory:"), "memory")
        )
        with store:
            for seed, each in enumerate(drawn):
                fill(store, f"drawn{seed}", each)
            yield Planners(store, drawn)
