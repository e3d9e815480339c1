"""Shapes of collections, and ids of points."""

from pathlib import Path
from uuid import UUID

from qdrant_client import models

from indexer.store.edge import EdgeStore
from indexer.store.names import point_id
from indexer.store.schema import INDEXES, profile_schema


def test_a_profile_makes_a_collection_of_the_engine(tmp_path: Path) -> None:
    schema = profile_schema(
        aligned=384,
        text=384,
        in_context=256,
        alike=896,
        worded=384,
        scored={"tones": models.PayloadSchemaType.KEYWORD},
    )
    assert schema.dense == {
        "picture": 384,
        "dialogue": 384,
        "context": 256,
        "predicted": 384,
        "alike": 896,
    }
    assert schema.sparse == ("words",)
    with EdgeStore(tmp_path, reserve=0) as store:
        store.ensure_schema("lite-clips", schema)
        for field in INDEXES:
            assert store.count("lite-clips") == 0, field
        assert store.facets("lite-clips", "tones", limit=5) == []


def test_an_id_depends_on_each_part_and_nothing_else() -> None:
    first = point_id("abc", "shot", 1, 1)
    assert first == point_id("abc", "shot", 1, 1) == str(UUID(first))
    others = [
        point_id("abd", "shot", 1, 1),
        point_id("abc", "clip", 1, 1),
        point_id("abc", "shot", 11, 1),
        point_id("abc", "shot", 1, 11),
    ]
    assert len({first, *others}) == 5
