"""A pair of collections out of one store and into another: all of it, or none."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from qdrant_client import models

from indexer.errors import ReelfindError
from indexer.store.base import Store
from indexer.store.client import ClientStore
from indexer.store.edge import EdgeStore
from indexer.store.moving import PART, export_pair, import_pair, read_export
from indexer.store.names import pair, point_id
from indexer.store.schema import CollectionSchema
from tests.indexer.store.reference import as_kept
from tests.indexer.store.standin import ask, standing_in

Points = list[models.PointStruct]
NAME = "lite-0a1b2c3d"


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """A function that opens an empty store of a kind; "server" is the stand-in of one."""
    with ExitStack() as opened:

        def new(kind: str) -> Store:
            if kind == "embedded":
                number = len(list(tmp_path.glob("embedded-*")))
                return opened.enter_context(EdgeStore(tmp_path / f"embedded-{number}", reserve=0))
            return opened.enter_context(ask(opened.enter_context(standing_in())))

        yield new


@pytest.fixture
def many(points: Points) -> Points:
    """More points than one file takes."""
    draw = random.Random(5)
    made = []
    for index in range(PART + 88):
        like = draw.choice(points)
        identity = point_id("fedc", "shot", index, 1)
        made.append(models.PointStruct(id=identity, vector=like.vector, payload=like.payload))
    return made


def fill(store: Store, schema: CollectionSchema, shots: Points, clips: Points) -> None:
    for collection, points in zip(pair(NAME), (shots, clips), strict=True):
        store.ensure_schema(collection, schema)
        store.upsert(collection, points)
    store.set_current(NAME)


def held(store: Store) -> dict[str, dict[str, tuple[Any, Any]]]:
    """Every point of the pair that search reads, vectors and payload."""
    name = store.current()
    assert name is not None
    found = {}
    for collection in pair(name):
        page, following = store.scroll(collection, limit=10_000, with_vectors=True)
        assert following is None
        found[collection] = {
            str(point.id): (as_kept(point.vector), point.payload) for point in page
        }
    return found


@pytest.mark.parametrize(("first", "second"), [("embedded", "server"), ("server", "embedded")])
def test_there_and_back_again(
    stores: Callable[[str], Store],
    schema: CollectionSchema,
    points: Points,
    many: Points,
    tmp_path: Path,
    first: str,
    second: str,
) -> None:
    here, there, back = stores(first), stores(second), stores(first)
    fill(here, schema, many, points)
    there_at, back_at = tmp_path / "deep" / "one", tmp_path / "two"
    about = export_pair(here, "lite", there_at)
    assert [moved.points for moved in about.collections.values()] == [len(many), len(points)]
    assert read_export(there_at) == about
    assert import_pair(there, there_at, about)
    assert held(there) == held(here)
    again = export_pair(there, "lite", back_at)
    digests = [moved.digest for moved in again.collections.values()]
    assert digests == [moved.digest for moved in about.collections.values()]
    assert import_pair(back, back_at, read_export(back_at))
    assert held(back) == held(here)
    assert not import_pair(back, back_at, again)


def test_indexes_move_too(
    stores: Callable[[str], Store], schema: CollectionSchema, points: Points, tmp_path: Path
) -> None:
    here, there = stores("embedded"), stores("embedded")
    fill(here, schema, points, points[:10])
    about = export_pair(here, "lite", tmp_path / "out")
    import_pair(there, tmp_path / "out", about)
    assert there.schema(pair(NAME)[0]).indexes == schema.indexes
    counts = [store.facets(pair(NAME)[0], "genres", limit=10) for store in (here, there)]
    assert counts[0] == counts[1]


@pytest.fixture
def exported(
    stores: Callable[[str], Store], schema: CollectionSchema, points: Points, tmp_path: Path
) -> Path:
    here = stores("embedded")
    fill(here, schema, points, points[:10])
    export_pair(here, "lite", tmp_path / "out")
    return tmp_path / "out"


def test_an_export_appears_whole_or_not_at_all(
    stores: Callable[[str], Store], schema: CollectionSchema, points: Points, tmp_path: Path
) -> None:
    class Failing:
        def __init__(self, store: Store) -> None:
            self._store = store

        def __getattr__(self, name: str) -> Any:
            return getattr(self._store, name)

        def scroll(self, collection: str, **arguments: Any) -> Any:
            if collection.endswith("-clips"):
                raise KeyboardInterrupt
            return self._store.scroll(collection, **arguments)

    here, folder = stores("embedded"), tmp_path / "exports" / "out"
    fill(here, schema, points, points)
    with pytest.raises(KeyboardInterrupt):
        export_pair(Failing(here), "lite", folder)
    assert list(folder.parent.iterdir()) == []
    folder.mkdir()
    with pytest.raises(ReelfindError, match="out: is there already"):
        export_pair(here, "lite", folder)


def test_nothing_to_export(stores: Callable[[str], Store], tmp_path: Path) -> None:
    with pytest.raises(ReelfindError, match="no index to export"):
        export_pair(stores("embedded"), "lite", tmp_path / "out")


@pytest.mark.parametrize("damage", ["missing", "cut", "changed", "about", "format"])
def test_a_damaged_export_is_refused_before_anything_is_written(
    exported: Path, damage: str
) -> None:
    part = exported / pair(NAME)[0] / "points-000000.parquet"
    about = exported / "export.json"
    if damage == "missing":
        part.unlink()
    elif damage == "cut":
        part.write_bytes(part.read_bytes()[:-100])
    elif damage == "changed":
        table = pl.read_parquet(part)
        table.with_columns(payload=pl.lit("{}")).write_parquet(part)
    elif damage == "about":
        about.write_text("{}")
    else:
        about.write_text(about.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(ReelfindError, match=r"export it again|copy the export|made$"):
        read_export(exported)


def test_another_index_is_not_replaced_unasked(
    stores: Callable[[str], Store], schema: CollectionSchema, points: Points, exported: Path
) -> None:
    there = stores("server")
    fill(there, schema, points[50:], points)
    before = held(there)
    about = read_export(exported)
    with pytest.raises(ReelfindError, match="add --replace"):
        import_pair(there, exported, about)
    assert held(there) == before
    assert import_pair(there, exported, about, replace=True)
    after = held(there)
    assert {name: len(own) for name, own in after.items()} == dict(
        zip(pair(NAME), (len(points), 10), strict=True)
    )


def test_an_import_that_stops_leaves_search_alone_and_is_completed(
    stores: Callable[[str], Store], exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, about = stores("server"), read_export(exported)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ClientStore, "flush", stop)
        with pytest.raises(KeyboardInterrupt):
            import_pair(there, exported, about)
    assert there.current() is None
    assert import_pair(there, exported, about)
    assert there.current() == NAME


def test_what_does_not_arrive_is_noticed(
    stores: Callable[[str], Store], exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = stores("server")
    upsert = ClientStore.upsert

    def losing(store: ClientStore, collection: str, points: Points) -> None:
        upsert(store, collection, points[1:])

    monkeypatch.setattr(ClientStore, "upsert", losing)
    with pytest.raises(ReelfindError, match="does not hold what"):
        import_pair(there, exported, read_export(exported))
    assert there.current() is None
