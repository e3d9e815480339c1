"""An optimized collection answers as it did; what is asked, written or killed meanwhile is safe."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pytest
from qdrant_client import models

from indexer.errors import ReelfindError
from indexer.sections import StoreSettings
from indexer.store import edge
from indexer.store.base import Nearest
from indexer.store.edge import EdgeStore
from indexer.store.schema import CollectionSchema
from indexer.store.sparse import Bm25Words

NAME = "a-shots"
SCHEMA = CollectionSchema(
    {"picture": 384, "dialogue": 64},
    ("words",),
    {"genre": models.PayloadSchemaType.KEYWORD, "worth": models.PayloadSchemaType.FLOAT},
)
COUNT = 2000
WORDS = ["dragon", "snow", "robot", "meadow", "bridge"]


def make(numbers: range) -> list[models.PointStruct]:
    """Points, half of which say something."""
    words, points = Bm25Words(), []
    for number in numbers:
        draw = np.random.default_rng(number)
        vector: dict[str, Any] = {"picture": direction(draw, 384)}
        if number % 2:
            line = words.document(WORDS[number % 5])
            vector |= {"dialogue": direction(draw, 64), "words": line}
        payload = {"number": number, "genre": f"g{number % 7}", "worth": (number % 100) / 100}
        identity = str(uuid5(NAMESPACE_URL, str(number)))
        points.append(models.PointStruct(id=identity, vector=vector, payload=payload))
    return points


def direction(draw: np.random.Generator, width: int) -> list[float]:
    vector = draw.standard_normal(width)
    found: list[float] = (vector / np.linalg.norm(vector)).astype(np.float16).tolist()
    return found


@contextmanager
def opened(folder: Path, quantization: Literal["auto", "none"] = "auto") -> Iterator[EdgeStore]:
    """A store that finds half of ``COUNT`` points worth an optimization."""
    settings = StoreSettings(quantization=quantization)
    with EdgeStore(folder, reserve=0, settings=settings, worth=COUNT // 2) as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The directory of a store with one collection of ``COUNT`` points."""
    with opened(tmp_path) as store:
        store.ensure_schema(NAME, SCHEMA)
        store.upsert(NAME, make(range(COUNT)))
    return tmp_path


def answers(store: EdgeStore) -> list[Any]:
    """What searches find, with scores rounded to what a float16 holds."""
    condition = models.FieldCondition(key="worth", range=models.Range(gte=0.8))
    filter_, draw = models.Filter(must=[condition]), np.random.default_rng(7)
    found = []
    for using, width in (("picture", 384), ("dialogue", 64)):
        vector = direction(draw, width)
        for each in (None, filter_):
            hits = store.query(NAME, Nearest(query=vector, using=using, filter=each, limit=50))
            found.append([((hit.payload or {})["number"], round(hit.score, 3)) for hit in hits])
    line = Bm25Words().query("snow")
    assert line is not None
    scores = [hit.score for hit in store.query(NAME, Nearest(query=line, using="words", limit=50))]
    counts = [(hit.value, hit.count) for hit in store.facets(NAME, "genre", limit=9)]
    return [*found, [round(each, 4) for each in scores], counts, store.count(NAME, filter_)]


@pytest.mark.parametrize("quantization", ["auto", "none"])
def test_it_answers_as_before(folder: Path, quantization: Literal["auto", "none"]) -> None:
    begun: list[str] = []
    with opened(folder, quantization) as store:
        before = answers(store)
        assert store.maintain(NAME, lambda: begun.append("it takes a while"))
        assert answers(store) == before
        assert not store.maintain(NAME, lambda: begun.append("nothing waits any more"))
        schema = store.schema(NAME)
    assert begun == ["it takes a while"]
    assert (dict(schema.dense), schema.sparse) == (SCHEMA.dense, SCHEMA.sparse)
    config = json.loads((folder / NAME / "edge_config.json").read_text())
    quantized = config["vectors"]["picture"].get("quantization_config")
    assert (quantized is None) == (quantization == "none")
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [NAME]
    with opened(folder, quantization) as store:
        assert answers(store) == before


@pytest.mark.parametrize("on_disk", [False, True])
def test_payloads_are_in_memory_unless_left_on_disk(folder: Path, on_disk: bool) -> None:
    def kept_as() -> set[str]:
        segments = (folder / NAME / "segments").glob("*/segment.json")
        configs = [json.loads(each.read_text())["config"] for each in segments]
        return {each["payload_storage_type"]["type"] for each in configs}

    assert kept_as() == {"in_ram_mmap"}
    settings = StoreSettings(on_disk=on_disk)
    with EdgeStore(folder, reserve=0, settings=settings, worth=COUNT // 2) as store:
        assert store.maintain(NAME)
    assert kept_as() == {"mmap" if on_disk else "in_ram_mmap"}


def test_writes_after_it(folder: Path) -> None:
    with opened(folder) as store:
        store.maintain(NAME)
        store.upsert(NAME, make(range(COUNT, COUNT + 10)))
        (again,) = make(range(1))
        again.payload = {"number": -1, "genre": "new", "worth": 0.0}
        store.upsert(NAME, [again])
        old = models.FieldCondition(key="genre", match=models.MatchValue(value="g1"))
        gone = store.count(NAME, models.Filter(must=[old]))
        store.delete(NAME, models.Filter(must=[old]))
        store.overwrite_payloads(NAME, {str(make(range(2, 3))[0].id): {"genre": "other"}})
    with opened(folder) as store:
        assert store.count(NAME) == COUNT + 10 - gone
        counts = {hit.value: hit.count for hit in store.facets(NAME, "genre", limit=20)}
        assert (counts["new"], counts["other"], counts.get("g1")) == (1, 1, None)
        vector = make(range(COUNT + 4, COUNT + 5))[0].vector
        assert isinstance(vector, dict)
        hits = store.query(NAME, Nearest(query=vector["picture"], using="picture", limit=1))  # type: ignore[arg-type]
        assert (hits[0].payload or {})["number"] == COUNT + 4


def test_a_few_points_are_not_worth_it(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.ensure_schema(NAME, SCHEMA)
        assert not store.maintain(NAME)
        store.upsert(NAME, make(range(COUNT // 2 - 1)))
        assert not store.maintain(NAME)


def test_searches_go_on_and_writes_wait(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started, finish, written = Event(), Event(), Event()

    def slowly(source: Path, copy: Path, **_: object) -> None:
        shutil.copytree(source, copy, dirs_exist_ok=True)
        started.set()
        assert finish.wait(20)

    monkeypatch.setattr(edge, "optimize_copy", slowly)
    with opened(folder) as store:
        before = answers(store)

        def write() -> None:
            store.upsert(NAME, make(range(COUNT, COUNT + 1)))
            written.set()

        threads = [Thread(target=store.maintain, args=(NAME,)), Thread(target=write)]
        threads[0].start()
        assert started.wait(20)
        threads[1].start()
        assert answers(store) == before
        assert not written.wait(0.2)
        finish.set()
        for thread in threads:
            thread.join()
        assert written.is_set()
        assert store.count(NAME) == COUNT + 1


def test_what_goes_wrong_is_told_and_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "Traceback\nException: out of luck\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with opened(folder) as store:
        before = answers(store)
        with pytest.raises(ReelfindError, match=r"a-shots: cannot be optimized \(Exception: out o"):
            store.maintain(NAME)
        assert answers(store) == before
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [NAME]


@pytest.mark.parametrize("removed", [False, True], ids=["both there", "the old one gone"])
def test_a_kill_between_two_names_is_made_good(folder: Path, removed: bool) -> None:
    shutil.copytree(folder / NAME, folder / f".next-{NAME}")
    if removed:
        shutil.rmtree(folder / NAME)
    with opened(folder) as store:
        assert store.collections() == [NAME]
        assert store.count(NAME) == COUNT
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [NAME]
