"""Small files of a data directory, the same on each machine."""

import json
from pathlib import Path

import pytest
from moto import settings as moto_settings

from indexer import object_store
from indexer.errors import ReelfindError
from indexer.object_store import ObjectState
from indexer.sections import StorageSettings
from indexer.sharing.bucket import Bucket
from indexer.sharing.catalogue import Shared, shared_artefacts
from indexer.sharing.records import CATALOGUE, FILE, TITLES, Records
from tests.object_store import Store

ADDRESS = "s3://studio/reelfind"
FILES = {
    "reelfind.json": "{}",
    "catalogue-id": "0" * 32,
    "encoders/CURRENT": "e",
    "encoders/e/encoder.json": "{}",
    "probes/in-use.json": "{}",
    "replaced/old.json": "{}",
    "indexed/COUNT": "1",
    "indexed/t": "now 1",
    "seen/t": "{}",
    "titles/t/title.json": "{}",
    "titles/t/edited.json": "{}",
}
OTHERS = (
    "reelfind.toml",
    "reelfind.db",
    "status.json",
    "titles/t/shots-k/x",
    "encoders/.unfinished-1",
)


def machine(data: Path) -> Records:
    return Records(data, Bucket(ADDRESS))


def write(data: Path, file: str, text: str) -> None:
    (data / file).parent.mkdir(parents=True, exist_ok=True)
    (data / file).write_text(text)


def push(records: Records) -> None:
    for where in (CATALOGUE, TITLES):
        records.push(where)


def pull(records: Records) -> list[str]:
    return [*records.pull(CATALOGUE), *records.pull(TITLES)]


def texts(data: Path) -> dict[str, str]:
    found = (each for each in data.rglob("*") if each.is_file() and each.name != FILE)
    return {each.relative_to(data).as_posix(): each.read_text() for each in found}


@pytest.fixture
def one(store: Store, tmp_path: Path) -> Records:
    """A machine that has written its records."""
    for file in (*FILES, *OTHERS):
        write(tmp_path / "one", file, FILES.get(file, "x"))
    push(machine(tmp_path / "one"))
    store.forget()
    return machine(tmp_path / "one")


def test_another_machine_gets_what_belongs_to_the_catalogue(one: Records, tmp_path: Path) -> None:
    two = machine(tmp_path / "two")
    assert pull(two) == []
    assert texts(tmp_path / "two") == FILES


def test_what_is_the_same_is_neither_read_nor_written(
    store: Store, one: Records, tmp_path: Path
) -> None:
    pull(one)
    push(one)
    assert store.requests == ["LIST", "LIST"]
    write(tmp_path / "one", "encoders/CURRENT", "e")  # Written again, with the same content.
    push(machine(tmp_path / "one"))
    assert store.requests == ["LIST", "LIST"]


def test_a_change_goes_to_the_others_and_one_of_ours_stays(one: Records, tmp_path: Path) -> None:
    two = machine(tmp_path / "two")
    pull(two)
    write(tmp_path / "one", "titles/t/title.json", "changed")
    one.push(f"{TITLES}/t")
    write(tmp_path / "two", "titles/t/edited.json", "edited")
    two.pull(f"{TITLES}/t")
    assert texts(tmp_path / "two") == FILES | {
        "titles/t/title.json": "changed",
        "titles/t/edited.json": "edited",
    }


def test_what_was_removed_is_removed_everywhere_and_what_is_lost_here_comes_back(
    one: Records, tmp_path: Path
) -> None:
    two = machine(tmp_path / "two")
    pull(two)
    (tmp_path / "two/seen/t").unlink()
    one.drop(["titles/t/title.json", "replaced/old.json"])
    assert pull(two) == ["replaced/old.json", "titles/t/title.json"]
    assert FILES.keys() - texts(tmp_path / "two").keys() == {
        "replaced/old.json",
        "titles/t/title.json",
    }


def test_a_store_that_was_emptied_takes_nothing_from_a_machine(
    store: Store, one: Records, tmp_path: Path
) -> None:
    before = texts(tmp_path / "one")
    for key in store.keys("reelfind/"):
        store.remove(key)
    assert one.pull(TITLES) == []
    assert pull(one) == []
    assert texts(tmp_path / "one") == before
    push(one)
    assert len(store.keys()) == len(FILES)


def test_a_list_from_before_a_push_deletes_nothing(
    one: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = Bucket.listed

    def and_meanwhile_another_thread_pushes(bucket: Bucket, where: str) -> dict[str, ObjectState]:
        found = listed(bucket, where)
        monkeypatch.setattr(Bucket, "listed", listed)
        write(tmp_path / "one", "titles/new/title.json", "new")
        one.push(f"{TITLES}/new")
        return found

    monkeypatch.setattr(Bucket, "listed", and_meanwhile_another_thread_pushes)
    assert one.pull(TITLES) == []
    assert texts(tmp_path / "one")["titles/new/title.json"] == "new"


def test_a_damaged_list_is_made_anew(one: Records, tmp_path: Path) -> None:
    (tmp_path / "one" / FILE).write_text("{")
    pull(machine(tmp_path / "one"))
    assert len(json.loads((tmp_path / "one" / FILE).read_text())["files"]) == len(FILES)


def test_names_that_lead_elsewhere_are_not_read(store: Store, tmp_path: Path) -> None:
    for key in ("titles/../x/title.json", "catalogue/encoders/../../x", "titles/t/other"):
        store.put_at(f"reelfind/{key}", b"x")
    pull(machine(tmp_path / "two"))
    assert texts(tmp_path) == {}


def test_a_machine_goes_on_serving_while_the_store_is_away(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(moto_settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)
    data = tmp_path / "data"
    shared = Shared(data, ADDRESS, refresh=60)
    with pytest.raises(ReelfindError, match="refuses the AWS credentials"):
        shared.refresh(CATALOGUE)
    write(data, "reelfind.json", "{}")
    shared.refresh(CATALOGUE)
    assert "what is on this machine is served meanwhile" in caplog.text
    store.forget()
    shared.refresh(CATALOGUE)
    assert store.requests == [], "it is not asked again for a while"


def test_each_trouble_is_one_line_with_a_next_step(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "reelfind.json", "{}")
    for what in ("pull", "push"):
        other = Shared(tmp_path, "s3://none/reelfind", refresh=0)
        with pytest.raises(ReelfindError, match="there is no such bucket; correct storage"):
            getattr(other, what)(CATALOGUE)
        monkeypatch.setattr(moto_settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)
        with pytest.raises(ReelfindError, match=r"refuses the AWS .*; allow them to list, read"):
            getattr(Shared(tmp_path, ADDRESS, refresh=0), what)(CATALOGUE)
        monkeypatch.setattr(moto_settings, "INITIAL_NO_AUTH_ACTION_COUNT", float("inf"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    object_store.files.cache_clear()
    with pytest.raises(ReelfindError, match=r"cannot be listed \(.*\); try again later"):
        Shared(tmp_path, ADDRESS, refresh=0).pull(CATALOGUE)


def test_only_an_object_store_is_an_address() -> None:
    for wrong in ("/mnt/share", "s3:", "https://example.org"):
        with pytest.raises(ValueError, match="s3://"):
            StorageSettings(artefacts=wrong)
    assert type(shared_artefacts(Path(), StorageSettings())) is not Shared
