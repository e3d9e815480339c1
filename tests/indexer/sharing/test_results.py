"""Results of stages in an object store: whole or not there, never mixed, read as far as needed."""

import io
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from indexer.errors import ReelfindError
from indexer.sharing import results
from indexer.sharing.bucket import Bucket
from indexer.sharing.catalogue import LISTED_ALONE, Shared
from indexer.sharing.results import SharedResults
from indexer.stages.base import SAME_AS, TitleFolder
from tests.object_store import Store

ADDRESS = "s3://studio/reelfind"
STILLS = {f"stills/{frame:08}.jpg": f"still {frame}".encode() for frame in range(3)}
DECODED = {"decoded.json": b"{}", "frames.npy": bytes(100)}


def shared(title: Path) -> SharedResults:
    return SharedResults(Bucket(ADDRESS), "t", title)


def folder(title: Path) -> TitleFolder:
    """What a machine knows of the title, without what it has listed before."""
    return TitleFolder(title, shared(title))


def writes(files: dict[str, bytes]) -> Callable[[Path], None]:
    def write(out: Path) -> None:
        for name, content in files.items():
            (out / name).parent.mkdir(exist_ok=True)
            (out / name).write_bytes(content)

    return write


def send(title: Path, name: str, files: dict[str, bytes], replace: bool = False) -> None:
    own = folder(title)
    own.commit(name, "k", writes(files))
    own.share({name: "k"}, replace)


def files_in(path: Path) -> dict[str, bytes]:
    found = (each for each in path.rglob("*") if each.is_file())
    return {each.relative_to(path).as_posix(): each.read_bytes() for each in found}


def test_a_result_is_read_on_another_machine_as_it_was_written(
    store: Store, tmp_path: Path
) -> None:
    send(tmp_path / "one", "decode", DECODED | STILLS)
    two = folder(tmp_path / "two")
    assert two.has("decode", "k")
    assert not two.has("decode", "other")
    assert files_in(two.result("decode", "k")) == DECODED | STILLS
    assert store.keys("reelfind/stages/") == ["reelfind/stages/t/decode-k.more.zip"]


def test_a_result_that_is_here_asks_the_store_nothing(store: Store, tmp_path: Path) -> None:
    one = folder(tmp_path)
    one.commit("shots", "k", writes({"shots.parquet": b"x"}))
    store.forget()
    assert one.has("shots", "k")
    assert one.file("shots", "k", "shots.parquet").read_bytes() == b"x"
    assert one.identity("shots", "k") == "k"
    assert store.requests == []


def test_of_a_large_result_the_file_alone_is_read(store: Store, tmp_path: Path) -> None:
    send(tmp_path / "one", "decode", DECODED | STILLS)
    two = folder(tmp_path / "two")
    assert two.file("decode", "k", "decoded.json").read_bytes() == b"{}"
    still = two.file("decode", "k", "stills", "00000001.jpg")
    assert still.read_bytes() == b"still 1"
    assert not two.file("decode", "k", "stills", "00000009.jpg").exists()
    assert not two.stage("decode", "k").exists()
    store.forget()
    assert folder(tmp_path / "two").file("decode", "k", "stills", "00000001.jpg") == still
    assert store.requests == []
    two.prune({"decode": "k"})
    assert still.is_file()
    assert len(list(two.file("decode", "k", "stills").iterdir())) == 3


def test_a_small_result_is_read_whole(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(tmp_path / "one", "text", {"text.json": b"{}", "lines.parquet": b"x"})
    two = folder(tmp_path / "two")
    assert two.file("text", "k", "text.json") == two.stage("text", "k") / "text.json"
    assert files_in(two.stage("text", "k")) == {"text.json": b"{}", "lines.parquet": b"x"}
    monkeypatch.setattr(results, "SMALL", 1)
    three = folder(tmp_path / "three")
    assert three.file("text", "k", "text.json").read_bytes() == b"{}"
    assert not three.stage("text", "k").exists()


def test_stills_have_signed_addresses(store: Store, tmp_path: Path) -> None:
    send(tmp_path / "one", "decode", DECODED | STILLS)
    two = folder(tmp_path / "two")
    link = two.signed("decode", "k", ("stills", "00000002.jpg"), 60, "image/jpeg")
    assert link is not None
    answer = httpx.get(link)
    assert (answer.content, answer.headers["content-type"]) == (b"still 2", "image/jpeg")
    assert two.signed("decode", "k", ("stills", "00000009.jpg"), 60, "image/jpeg") is None
    here = folder(tmp_path / "one")
    assert here.signed("decode", "k", ("stills", "00000002.jpg"), 60, "image/jpeg") is None


@pytest.mark.parametrize("fails_at", ["/apart/", "/stages/"])
def test_a_result_that_was_not_written_whole_is_not_there(
    store: Store, tmp_path: Path, fails_at: str
) -> None:
    store.unwritable = fails_at
    with pytest.raises(ReelfindError, match=r"^s3://studio/reelfind: artefacts cannot be written"):
        send(tmp_path / "one", "decode", DECODED | STILLS)
    assert not folder(tmp_path / "two").has("decode", "k")
    store.unwritable = ""
    folder(tmp_path / "one").share({"decode": "k"})
    assert files_in(folder(tmp_path / "two").result("decode", "k")) == DECODED | STILLS


def test_a_result_that_cannot_be_read_whole_is_not_there(store: Store, tmp_path: Path) -> None:
    send(tmp_path / "one", "decode", DECODED | STILLS)
    store.fails_from = 0
    with pytest.raises(ReelfindError, match=r"artefacts cannot be read .*; try again later"):
        folder(tmp_path / "two").result("decode", "k")
    assert list((tmp_path / "two").iterdir()) == []


def test_the_first_of_two_writers_stays_and_nothing_is_mixed(store: Store, tmp_path: Path) -> None:
    one, two = (folder(tmp_path / name) for name in ("one", "two"))
    for own, content in ((one, b"one"), (two, b"two")):
        assert not own.has("decode", "k")
        own.commit("decode", "k", writes({"a.json": content, "stills/1.jpg": content}))
    for own in (one, two):
        own.share({"decode": "k"})
    assert set(files_in(folder(tmp_path / "three").result("decode", "k")).values()) == {b"one"}
    assert len(store.keys("reelfind/apart/")) == 1


def test_a_result_that_was_made_again_takes_the_place_of_the_first(
    store: Store, tmp_path: Path
) -> None:
    send(tmp_path / "one", "decode", DECODED | STILLS)
    send(tmp_path / "two", "decode", {"a.json": b"new", "stills/1.jpg": b"new"}, replace=True)
    assert set(files_in(folder(tmp_path / "three").result("decode", "k")).values()) == {b"new"}
    assert len(store.keys()) == 2


def test_what_keeps_an_earlier_identity_keeps_it_elsewhere(store: Store, tmp_path: Path) -> None:
    send(tmp_path / "one", "shots", {"shots.parquet": b"x", SAME_AS: b"earlier"})
    two = folder(tmp_path / "two")
    assert two.identity("shots", "k") == "earlier"
    assert two.identity("shots", "other") == "other"
    two.result("shots", "k")
    store.forget()
    assert two.identity("shots", "k") == "earlier"
    assert store.requests == []


def test_what_another_machine_writes_is_found_when_it_is_asked_for(
    store: Store, tmp_path: Path
) -> None:
    two = folder(tmp_path / "two")
    assert not two.has("shots", "k")
    send(tmp_path / "one", "shots", {"shots.parquet": b"x"})
    assert not two.has("shots", "k"), "the list of a run is remembered"
    two.written_elsewhere()
    assert two.has("shots", "k")


def test_results_of_many_titles_are_listed_at_once(store: Store, tmp_path: Path) -> None:
    send(tmp_path / "one", "shots", {"shots.parquet": b"x"})
    every = Shared(tmp_path, ADDRESS, refresh=60)
    every.list_results(LISTED_ALONE + 1)
    store.forget()
    own = TitleFolder(tmp_path / "two", every.results("t", tmp_path / "two"))
    assert own.has("shots", "k")
    assert store.requests == []
    send(tmp_path / "one", "text", {"text.json": b"{}"})
    assert own.has("text", "k"), "what was written since is found all the same"


def test_earlier_results_are_deleted_with_what_lies_apart(store: Store, tmp_path: Path) -> None:
    one = folder(tmp_path)
    for key in ("old", "new"):
        one.commit("decode", key, writes(DECODED | STILLS | {"decoded.json": key.encode()}))
        one.share({"decode": key})
    one.prune({"decode": "new"})
    assert store.keys("reelfind/stages/") == ["reelfind/stages/t/decode-new.more.zip"]
    assert {key.split("/")[3].rpartition("-")[0] for key in store.keys("reelfind/apart/")} == {
        "decode-new"
    }
    one.prune({})
    assert store.keys() == []


def test_all_results_of_a_stage_are_deleted_here_and_there(store: Store, tmp_path: Path) -> None:
    send(tmp_path / "one", "who", {"who.parquet": b"x"})
    send(tmp_path / "one", "shots", {"shots.parquet": b"y"})
    two = folder(tmp_path / "two")  # It has nothing of it itself.
    assert two.delete("who")
    assert not two.has("who", "k")
    assert two.has("shots", "k")
    assert store.keys("reelfind/stages/") == ["reelfind/stages/t/shots-k.zip"]
    assert not two.delete("who")
    one = folder(tmp_path / "one")
    assert one.delete("who")
    assert not one.has("who", "k")
    assert one.has("shots", "k")


def test_a_machine_may_keep_no_large_results(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = TitleFolder(tmp_path, SharedResults(Bucket(ADDRESS), "t", tmp_path, keep=False))
    made = {"decode": DECODED | STILLS, "video": {"v.npy": bytes(500)}, "shots": {"s": b"x"}}
    for name, files in made.items():
        own.commit(name, "k", writes(files))
    own.free()
    assert len(list(tmp_path.iterdir())) == 3, "they are not in the store"
    monkeypatch.setattr(results, "SMALL", 400)
    own.share(dict.fromkeys(made, "k"))
    own.free()
    assert [each.name for each in tmp_path.iterdir()] == ["shots-k"]
    assert own.has("decode", "k")
    folder(tmp_path).free()
    assert own.stage("shots", "k").is_dir()


def test_a_damaged_archive_is_named(store: Store, tmp_path: Path) -> None:
    store.put("reelfind/stages/t/shots-k.zip", b"no archive")
    with pytest.raises(
        ReelfindError, match=r"reelfind/stages/t/shots-k.zip: is damaged .* --force"
    ):
        folder(tmp_path).result("shots", "k")


def test_names_that_lead_elsewhere_are_not_read(store: Store, tmp_path: Path) -> None:
    archive = io.BytesIO()
    with ZipFile(archive, "w") as made:
        made.writestr(".apart", '{"folder": "x", "names": ["../../y"]}')
    store.put("reelfind/stages/t/shots-k.more.zip", archive.getvalue())
    assert files_in(folder(tmp_path / "t").result("shots", "k")) == {}
    assert [each.name for each in tmp_path.rglob("*")] == ["t", "shots-k"]
