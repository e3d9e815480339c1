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


@pytest.fixture(scope="package", params=["oracle", "embedded"])
def planners(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Planners]:
    embedded = request.param == "embedded"
    # Making collections of the embedded engine takes its time.
    drawn = [draw_catalogue(seed) for seed in (SEEDS[:1] if embedded else SEEDS)]
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
