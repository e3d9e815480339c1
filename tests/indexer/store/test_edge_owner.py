"""The embedded store has one owner, and nothing is lost to a kill."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pytest
from filelock import lock_descriptor

from indexer.errors import ReelfindError
from indexer.store.edge import EdgeStore
from indexer.store.lock import DirectoryLock, is_locked
from tests.indexer.store.bare import BARE, shot

Child = subprocess.Popen[str]


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Callable[[str], Child]]:
    """A function that runs Python with the store's directory as its first argument."""
    children = []

    def run(code: str) -> Child:
        script = tmp_path / "worker.py"
        script.write_text(code, encoding="utf-8")
        children.append(
            subprocess.Popen(
                [sys.executable, str(script), str(tmp_path / "store")],
                cwd=Path(__file__).parents[3],
                env={**os.environ, "PYTHONPATH": "."},
                stdout=subprocess.PIPE,
                stdin=subprocess.PIPE,
                text=True,
            )
        )
        return children[-1]

    yield run
    for child in children:
        child.kill()
        child.communicate()


HOLD = """
import sys
from pathlib import Path
from indexer.store.edge import EdgeStore

with EdgeStore(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def line(child: Child) -> str:
    assert child.stdout
    return child.stdout.readline().strip()


def test_a_second_process_is_told_who_has_it_until_that_is_killed(
    tmp_path: Path, spawn: Callable[[str], Child]
) -> None:
    holder = spawn(HOLD)
    assert line(holder) == "held"
    assert is_locked(tmp_path / "store")
    directory = tmp_path / "store"
    with pytest.raises(ReelfindError) as caught:
        EdgeStore(directory)
    message = str(caught.value)
    assert message.startswith(f"{directory}: the index is in use by process {holder.pid} (")
    assert f"(worker.py {directory})" in message
    assert "stop it" in message
    assert "\n" not in message

    holder.kill()
    holder.wait()
    assert not is_locked(directory)
    with EdgeStore(directory) as store:
        assert store.collections() == []


def test_the_same_process_gets_it_once(tmp_path: Path) -> None:
    with EdgeStore(tmp_path), pytest.raises(ReelfindError, match=f"process {os.getpid()} "):
        EdgeStore(tmp_path)
    with EdgeStore(tmp_path):
        pass


def opened(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT)


def test_asking_whether_it_is_locked_is_in_no_ones_way(tmp_path: Path) -> None:
    asking = opened(tmp_path / "LOCK")
    assert lock_descriptor(asking, blocking=False)  # What ``is_locked`` does for an instant.
    Timer(0.03, os.close, [asking]).start()
    DirectoryLock(tmp_path).release()
    assert not is_locked(tmp_path)


def test_one_who_asks_is_not_taken_for_a_holder(tmp_path: Path) -> None:
    """A holder says who it is: nobody waits to hear that the folder is locked."""
    asking = opened(tmp_path / "LOCK")
    assert lock_descriptor(asking, blocking=False)
    Timer(0.03, os.close, [asking]).start()
    assert not is_locked(tmp_path)
    lock = DirectoryLock(tmp_path)
    assert is_locked(tmp_path)
    lock.release()


def test_a_killed_holder_is_forgotten_by_the_first_that_asks(tmp_path: Path) -> None:
    (tmp_path / "LOCK").touch()
    (tmp_path / "LOCK.json").write_text('{"pid": 76, "command": "a killed one"}', encoding="utf-8")
    assert not is_locked(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["LOCK"]


def test_the_lock_of_an_earlier_version_counts_and_names_its_holder(tmp_path: Path) -> None:
    """It held the same lock, and wrote into the locked file itself."""
    earlier = opened(tmp_path / "LOCK")
    assert lock_descriptor(earlier, blocking=False)
    os.write(earlier, json.dumps({"pid": 77, "command": "reelfind serve"}).encode())
    (tmp_path / "LOCK.json").write_text('{"pid": 76, "command": "a killed one"}', encoding="utf-8")
    assert is_locked(tmp_path)
    with pytest.raises(ReelfindError, match=r"in use by process 77 \(reelfind serve\)"):
        DirectoryLock(tmp_path)
    os.close(earlier)
    lock = DirectoryLock(tmp_path)
    with pytest.raises(ReelfindError, match=f"in use by process {os.getpid()} "):
        DirectoryLock(tmp_path)
    lock.release()
    assert [file.name for file in tmp_path.iterdir()] == ["LOCK"]


def test_a_folder_that_may_only_be_read_is_asked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = DirectoryLock(tmp_path)
    real = os.open

    def read_only(file: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_RDWR:
            raise PermissionError
        return real(file, flags, mode)

    monkeypatch.setattr(os, "open", read_only)
    assert is_locked(tmp_path)
    lock.release()
    assert not is_locked(tmp_path)


WRITE = """
import sys
from pathlib import Path
from qdrant_client import models
from indexer.store.edge import EdgeStore
from indexer.store.schema import CollectionSchema
from indexer.store.names import point_id

store = EdgeStore(Path(sys.argv[1]), reserve=0)
indexes = {"title": models.PayloadSchemaType.KEYWORD}
for collection in ("a-shots", "a-clips"):
    store.ensure_schema(collection, CollectionSchema({"context": 4}, ("words",), indexes))
store.set_current("a")
for index in range(1_000_000):
    shot = models.PointStruct(
        id=point_id("0123abcd", "shot", index, 1),
        vector={"context": [index / 8, 0.5, 0.0, 1.0]},
        payload={"title": f"t{index % 3}"},
    )
    store.upsert("a-shots", [shot])
    print(index, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(
    tmp_path: Path, spawn: Callable[[str], Child]
) -> None:
    writer = spawn(WRITE)
    while int(line(writer)) < 300:
        pass
    writer.kill()
    said = [300, *map(int, writer.communicate()[0].split()[:-1])]
    with EdgeStore(tmp_path / "store") as store:
        assert store.current() == "a"
        expected = [shot(index) for index in range(said[-1] + 1)]
        ids = [str(point.id) for point in expected]
        found = store.retrieve("a-shots", ids, with_vectors=True)
        assert [point.payload for point in found] == [point.payload for point in expected]
        assert found[7].vector == expected[7].vector
        counts = [hit.count for hit in store.facets("a-shots", "title", limit=5)]
        assert sum(counts) == store.count("a-shots") >= len(ids)


CREATE = """
import sys
from pathlib import Path
from indexer.store.edge import EdgeStore
from indexer.store.schema import profile_schema

store = EdgeStore(Path(sys.argv[1]), reserve=0)
print("begins", flush=True)
for index in range(1_000):
    schema = profile_schema(aligned=8, text=8, in_context=8, alike=8, worded=8, scored={})
    store.ensure_schema(f"c{index}", schema)
"""


def test_a_collection_half_made_is_no_collection(
    tmp_path: Path, spawn: Callable[[str], Child]
) -> None:
    maker = spawn(CREATE)
    assert line(maker) == "begins"
    directory = tmp_path / "store"
    while not any(directory.glob(".unfinished-*/segments")):
        assert maker.poll() is None
    maker.kill()
    maker.wait()
    assert list(directory.glob(".unfinished-*"))
    with EdgeStore(directory, reserve=0) as store:
        assert not list(directory.glob(".unfinished-*"))
        made = store.collections()
        assert [store.count(name) for name in made] == [0] * len(made)
        assert not store.exists(f"c{len(made)}")
        store.ensure_schema(f"c{len(made)}", BARE)
        store.upsert(f"c{len(made)}", [shot(0)])
