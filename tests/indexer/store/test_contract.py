"""Every request to a server is one that Qdrant's published OpenAPI description allows."""

import json
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from jsonschema import ValidationError
from qdrant_client import QdrantClient, models

from indexer.sections import StoreSettings
from indexer.store.base import Nearest
from indexer.store.client import BATCH, ClientStore
from indexer.store.schema import CollectionSchema
from tests.indexer.store.contract import DESCRIPTION, ID, PARAMETERS, Contract


@pytest.fixture
def contract() -> Contract:
    if not DESCRIPTION.is_file():
        pytest.skip(f"{DESCRIPTION.name}, Qdrant's OpenAPI description, is not there")
    return Contract(json.loads(DESCRIPTION.read_text(encoding="utf-8")))


@pytest.fixture
def served(contract: Contract) -> Iterator[ClientStore]:
    client = QdrantClient(url="https://qdrant.test", transport=contract, check_compatibility=False)
    with ClientStore(client, "https://qdrant.test") as store:
        yield store


@pytest.fixture
def everything() -> models.Filter:
    """A filter with each kind of condition."""
    match = models.MatchExcept.model_validate({"except": ["horror"]})
    return models.Filter(
        must=[
            models.FieldCondition(key="title_id", match=models.MatchValue(value="t1")),
            models.FieldCondition(key="tones", match=models.MatchAny(any=["tender", "tense"])),
            models.FieldCondition(key="duration", range=models.Range(gte=1.5, lt=60)),
        ],
        should=[models.HasIdCondition(has_id=[ID]), models.Filter(must=[])],
        must_not=[models.FieldCondition(key="genres", match=match)],
    )


def test_collections(contract: Contract, served: ClientStore, schema: CollectionSchema) -> None:
    assert served.collections() == ["a", "b"]
    assert served.exists("a")
    contract.absent.add("new")
    served.ensure_schema("new", schema)
    created = next(body for body in contract.bodies if "vectors" in body)
    assert created == PARAMETERS | {"shard_number": 1}
    indexed = [body["field_name"] for body in contract.bodies if "field_name" in body]
    assert indexed == sorted(schema.indexes.keys() - {"title_id"})
    served.drop("a")
    assert contract.asked[-1] == ("DELETE", "/collections/{collection_name}")


@pytest.mark.parametrize("quantization", ["scalar", "binary"])
def test_a_collection_of_a_cluster(
    contract: Contract, schema: CollectionSchema, quantization: Literal["scalar", "binary"]
) -> None:
    settings = StoreSettings(
        quantization=quantization,
        on_disk=True,
        replication_factor=2,
        shard_number=6,
        write_consistency_factor=2,
    )
    client = QdrantClient(url="https://qdrant.test", transport=contract, check_compatibility=False)
    contract.absent.add("new")
    with ClientStore(client, "https://qdrant.test", settings) as store:
        store.ensure_schema("new", schema)
        store.query("new", Nearest(query=[0.5] * 16, using="picture", limit=5))
        sparse = models.SparseVector(indices=[3], values=[1.0])
        store.query("new", Nearest(query=sparse, using="words", limit=5))
    created = next(body for body in contract.bodies if "vectors" in body)
    assert created["shard_number"] == 6
    assert (created["replication_factor"], created["write_consistency_factor"]) == (2, 2)
    assert created["on_disk_payload"]
    assert all(vector["on_disk"] for vector in created["vectors"].values())
    assert created["quantization_config"][quantization]["always_ram"]
    dense, words = (body["searches"][0] for body in contract.bodies[-2:])
    assert dense["params"]["quantization"]["rescore"]
    assert dense["params"]["quantization"]["oversampling"] > 1
    assert "params" not in words


def test_what_an_export_asks(contract: Contract, served: ClientStore) -> None:
    served.scroll("a", limit=5, offset=ID, with_vectors=True)
    assert contract.bodies[-1]["with_vector"]
    found = served.schema("a")
    assert dict(found.dense) == {"context": 8, "dialogue": 12, "picture": 16}
    assert (found.sparse, found.indexes) == (
        ("words",),
        {"title_id": models.PayloadSchemaType.KEYWORD},
    )
    served.delete("a", models.Filter(must=[models.HasIdCondition(has_id=[ID])]))
    assert contract.bodies[-1] == {"filter": {"must": [{"has_id": [ID]}]}}


def test_points(
    contract: Contract,
    served: ClientStore,
    points: list[models.PointStruct],
    everything: models.Filter,
) -> None:
    served.upsert("a", points)
    upserts = [body["points"] for body in contract.bodies]
    assert max(map(len, upserts)) == BATCH
    assert [point["id"] for batch in upserts for point in batch] == [point.id for point in points]
    (found,) = served.retrieve("a", [ID], with_vectors=True)
    assert (found.id, found.vector) == (ID, {})
    served.overwrite_payloads("a", {ID: {"genres": ["noir"]}})
    (operation,) = contract.bodies[-1]["operations"]
    assert operation == {"overwrite_payload": {"payload": {"genres": ["noir"]}, "points": [ID]}}
    served.delete("a", everything)
    served.flush("a")
    assert contract.asked[-1] == ("POST", "/collections/{collection_name}/points/delete")


def test_queries(contract: Contract, served: ClientStore, everything: models.Filter) -> None:
    sparse = models.SparseVector(indices=[3, 5], values=[1.0, 1.0])
    for query, using in (([0.5] * 16, "picture"), (sparse, "words")):
        (hit,) = served.query(
            "a",
            Nearest(
                query=query,
                using=using,
                filter=everything,
                limit=5,
                offset=10,
                score_threshold=0.2,
            ),
        )
        assert (hit.id, hit.score, hit.payload) == (ID, 0.5, {"season": 2})
    assert contract.bodies[-1]["searches"][0]["offset"] == 10


def test_scroll_facets_and_count(served: ClientStore, everything: models.Filter) -> None:
    page, following = served.scroll("a", filter=everything, limit=5, offset=ID)
    assert ([point.payload for point in page], following) == ([{}], ID)
    order = models.OrderBy(key="start_frame", direction=models.Direction.DESC)
    served.scroll("a", limit=5, order_by=order)
    (facet,) = served.facets("a", "title_id", filter=everything, limit=10)
    assert (facet.value, facet.count) == ("t1", 2)
    assert served.count("a", everything) == 7


def test_both_aliases_move_in_one_request(contract: Contract, served: ClientStore) -> None:
    assert served.current() == "old"
    served.set_current("new")
    assert contract.bodies == [
        {
            "actions": [
                {"delete_alias": {"alias_name": "reelfind-clips"}},
                {"delete_alias": {"alias_name": "reelfind-shots"}},
                {
                    "create_alias": {
                        "collection_name": "new-shots",
                        "alias_name": "reelfind-shots",
                    }
                },
                {
                    "create_alias": {
                        "collection_name": "new-clips",
                        "alias_name": "reelfind-clips",
                    }
                },
            ]
        }
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": -1},
        {"limit": "many"},
        {"limit": 5, "query": {"nearest": {"indices": [1]}}},
        {"limit": 5, "filter": {"must": [{"key": "season"}, {"min_count": 1}]}},
        {"limit": 5, "order": "season"},
    ],
    ids=json.dumps,
)
def test_the_contract_refuses_what_the_description_does(
    contract: Contract, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        contract.check(wrong, {"$ref": "#/components/schemas/QueryRequest"})
