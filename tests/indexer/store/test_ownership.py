"""Several catalogues on one Qdrant server: none sees or touches what is another's."""

import json
import os
from collections.abc import Callable, Iterator, Set
from contextlib import ExitStack
from uuid import uuid4

import pytest
from qdrant_client import QdrantClient, models

from indexer.errors import ReelfindError
from indexer.store.client import ClientStore
from indexer.store.names import pair, point_id
from indexer.store.ownership import EARLIER, Owner
from indexer.store.schema import CollectionSchema
from tests.indexer.store.contract import DESCRIPTION, Contract
from tests.indexer.store.server import HERE
from tests.indexer.store.standin import standing_in

SCHEMA = CollectionSchema(
    {"context": 4}, ("words",), {"title_id": models.PayloadSchemaType.KEYWORD}
)
NAME, OTHER = "lite-0a1b2c3d-4", "lite-99999999-4"

Opening = Callable[..., ClientStore]


@pytest.fixture(params=["stand-in", *(["server"] if HERE else [])])
def opening(request: pytest.FixtureRequest) -> Iterator[Opening]:
    """A function that opens one server's collections for an owner; without one, all of them."""
    with ExitStack() as closing:
        if request.param == "server":
            client = QdrantClient(
                url=request.getfixturevalue("qdrant"),
                headers={"api-key": os.environ.get("QDRANT_API_KEY", "none")},
                check_compatibility=False,
            )
        else:
            server = closing.enter_context(standing_in())
            client = QdrantClient(url="http://a", transport=server, check_compatibility=False)
        closing.callback(client.close)
        before = {each.name for each in client.get_collections().collections}

        def opened(
            catalogue: str | None = None, titles: Set[str] = frozenset(), prefix: str = EARLIER
        ) -> ClientStore:
            owner = Owner(catalogue, prefix, lambda name: titles if name == NAME else frozenset())
            return ClientStore(client, "qdrant", owner=owner)

        yield opened
        for each in client.get_collections().collections:
            if each.name not in before:
                client.delete_collection(each.name)


def fill(store: ClientStore, name: str, *titles: str) -> None:
    """Make a pair with a shot and a clip of each title, and let search read it."""
    for collection in pair(name):
        store.ensure_schema(collection, SCHEMA)
        points = [
            models.PointStruct(
                id=point_id(title, "shot", 0, 4),
                vector={"context": [0.5] * 4},
                payload={"title_id": title},
            )
            for title in titles
        ]
        store.upsert(collection, points)
    store.set_current(name)


def titles_of(store: ClientStore) -> set[str]:
    """Return the titles that search finds."""
    name = store.current()
    assert name is not None
    found, _ = store.scroll(pair(name)[0], limit=100)
    return {(point.payload or {})["title_id"] for point in found}


def test_two_catalogues_know_nothing_of_each_other(opening: Opening) -> None:
    first, second = opening(uuid4().hex), opening(uuid4().hex)
    fill(first, NAME, "a")
    assert second.current() is None
    assert second.collections() == []
    assert not second.exists(pair(NAME)[0])
    fill(second, NAME, "b")
    assert (titles_of(first), titles_of(second)) == ({"a"}, {"b"})
    # Another encoder: what the second one leaves behind is its own.
    fill(second, OTHER, "b")
    for collection in pair(NAME):
        second.drop(collection)
    assert second.collections() == sorted(pair(OTHER))
    assert (first.current(), first.collections()) == (NAME, sorted(pair(NAME)))
    assert titles_of(first) == {"a"}


def test_the_prefix_may_change(opening: Opening) -> None:
    catalogue = uuid4().hex
    fill(opening(catalogue), NAME, "a")
    renamed = opening(catalogue, prefix="archive")
    assert (renamed.current(), titles_of(renamed)) == (NAME, {"a"})
    fill(renamed, OTHER, "a")
    for collection in pair(NAME):
        renamed.drop(collection)
    assert opening(catalogue).current() == OTHER
    everything = opening()
    assert {f"archive-{catalogue}-{each}" for each in pair(OTHER)} <= {*everything.collections()}
    assert not {f"{EARLIER}-{catalogue}-{each}" for each in pair(NAME)} & {
        *everything.collections()
    }


def test_a_pair_without_an_owner_is_adopted_once_by_the_one_whose_titles_it_holds(
    opening: Opening,
) -> None:
    earlier = opening()
    fill(earlier, NAME, "a", "b")
    stranger = opening(uuid4().hex, {"c"})
    shares_one = opening(uuid4().hex, {"a", "c"})
    nothing_yet = opening(uuid4().hex)
    for each in (stranger, shares_one, nothing_yet):
        assert each.current() is None
    owner, twin = (opening(uuid4().hex, {"a", "b", "unfinished"}) for _ in range(2))
    assert owner.current() == NAME
    assert titles_of(owner) == {"a", "b"}
    assert owner.collections() == sorted(pair(NAME))
    assert twin.current() is None
    assert earlier.current() is None
    # It is written to and dropped like any other of its own.
    fill(owner, NAME, "a", "b", "c")
    assert titles_of(owner) == {"a", "b", "c"}
    assert {*pair(NAME)} <= {*earlier.collections()}
    fill(owner, OTHER, "a")
    for collection in pair(NAME):
        owner.drop(collection)
    assert owner.collections() == sorted(pair(OTHER))
    assert not {*pair(NAME)} & {*earlier.collections()}


def test_an_adoption_whose_answer_was_lost_is_seen(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(opening(), NAME, "a")
    owner = opening(uuid4().hex, {"a"})
    move = owner._client.update_collection_aliases

    def losing(operations: list[models.AliasOperations]) -> None:
        move(operations)
        raise ReelfindError("the answer was lost")

    monkeypatch.setattr(owner._client, "update_collection_aliases", losing)
    assert owner.current() == NAME


def test_an_alias_that_leads_to_another_catalogues_collections_is_refused(opening: Opening) -> None:
    first, second = uuid4().hex, uuid4().hex
    fill(opening(first), NAME, "a")
    fill(opening(second), NAME, "b")
    creating = [
        models.CreateAliasOperation(
            create_alias=models.CreateAlias(
                collection_name=f"{EARLIER}-{second}-{NAME}-{level}",
                alias_name=f"{EARLIER}-{first}-{level}",
            )
        )
        for level in ("shots", "clips")
    ]
    opening()._client.update_collection_aliases(creating)
    with pytest.raises(ReelfindError, match=r"not this catalogue's; delete the alias .* index`$"):
        opening(first).current()
    assert titles_of(opening(second)) == {"b"}


def test_what_adopting_and_renaming_ask_is_described() -> None:
    if not DESCRIPTION.is_file():
        pytest.skip(f"{DESCRIPTION.name}, Qdrant's OpenAPI description, is not there")
    contract = Contract(json.loads(DESCRIPTION.read_text(encoding="utf-8")))
    client = QdrantClient(url="https://qdrant.test", transport=contract, check_compatibility=False)
    owner = Owner("0" * 32, "archive", lambda _name: {"t1"})
    with ClientStore(client, "https://qdrant.test", owner=owner) as store:
        # The description's server goes on naming the aliases as they were.
        assert store.current() is None
        assert contract.asked.count(("POST", "/collections/{collection_name}/facet")) == 2
        long = f"archive-{'0' * 32}"
        assert contract.bodies[-1] == {
            "actions": [
                *(
                    {
                        "rename_alias": {
                            "old_alias_name": f"reelfind-{level}",
                            "new_alias_name": f"{long}-{level}",
                        }
                    }
                    for level in ("shots", "clips")
                ),
                *(
                    {
                        "create_alias": {
                            "collection_name": f"old-{level}",
                            "alias_name": f"{long}-old-{level}",
                        }
                    }
                    for level in ("shots", "clips")
                ),
            ]
        }
        assert store.count("new-clips") == 7
        assert contract.asked[-1] == ("POST", "/collections/{collection_name}/points/count")
