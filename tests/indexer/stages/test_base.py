import shutil
from pathlib import Path

import pytest

from indexer.stages.base import TitleFolder, stage_key


def key(**changes: object) -> str:
    parts: dict[str, object] = {
        "content_hash": "c",
        "stage": "shots",
        "version": 1,
        "settings": {"refine": True},
        "inputs": {"decode": "k"},
    }
    return stage_key(**(parts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"content_hash": "d"},
        {"stage": "text"},
        {"version": 2},
        {"settings": {"refine": False}},
        {"inputs": {"decode": "other"}},
        {"inputs": {"text": "k"}},
    ],
)
def test_a_key_changes_with_each_of_its_parts(change: dict[str, object]) -> None:
    assert key(**change) != key()


def test_a_key_does_not_depend_on_the_order_of_settings() -> None:
    assert key(settings={"a": 1, "b": 2}) == key(settings={"b": 2, "a": 1})


def test_a_stage_is_there_only_when_it_was_written_whole(tmp_path: Path) -> None:
    folder = TitleFolder(tmp_path)

    def torn(out: Path) -> None:
        (out / "half").write_text("a")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        folder.commit("shots", "k", torn)
    assert not folder.has("shots", "k")
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_a_killed_run_do_not_get_into_the_result(tmp_path: Path) -> None:
    (tmp_path / ".unfinished-shots").mkdir()
    (tmp_path / ".unfinished-shots" / "torn.npy").write_text("a")
    folder = TitleFolder(tmp_path)
    final = folder.commit("shots", "k", lambda out: (out / "whole").touch())
    assert [path.name for path in final.iterdir()] == ["whole"]
    folder.prune({"shots": "k"})
    assert list(tmp_path.iterdir()) == [final]


def test_a_result_can_be_made_again(tmp_path: Path) -> None:
    folder = TitleFolder(tmp_path)
    folder.commit("shots", "k", lambda out: (out / "old").touch())
    final = folder.commit("shots", "k", lambda out: (out / "new").touch())
    assert [path.name for path in final.iterdir()] == ["new"]


def test_pruning_keeps_what_is_wanted_and_files(tmp_path: Path) -> None:
    folder = TitleFolder(tmp_path)
    for name in ("a", "b"):
        folder.commit("shots", name, lambda out: None)
    (tmp_path / "title.json").write_text("{}")
    folder.prune({"shots": "b"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shots-b", "title.json"]


def test_what_a_kill_leaves_of_a_pruned_result_is_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = TitleFolder(tmp_path)
    folder.commit("shots", "a", lambda out: (out / "file").touch())
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)  # Killed before it deletes.
    folder.prune({})
    assert not folder.has("shots", "a")
    monkeypatch.undo()
    folder.prune({})
    assert list(tmp_path.iterdir()) == []


def test_a_result_that_windows_keeps_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = TitleFolder(tmp_path)
    kept = folder.commit("shots", "a", lambda out: (out / "file").touch())

    def refuse(*_: object) -> None:
        raise PermissionError(13, "used by another process")

    monkeypatch.setattr(Path, "replace", refuse)
    folder.prune({})
    assert (kept / "file").exists()
    monkeypatch.undo()
    folder.prune({})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("made_before", [False, True])
def test_two_writers_at_once_never_commit_a_mixture(tmp_path: Path, made_before: bool) -> None:
    folder = TitleFolder(tmp_path)
    if made_before:
        folder.commit("shots", "k", lambda out: (out / "old").touch())

    def quick(out: Path) -> None:
        for name in ("first", "second"):
            (out / name).write_text("quick")

    def slow(out: Path) -> None:
        (out / "first").write_text("slow")
        folder.commit("shots", "k", quick)
        (out / "second").write_text("slow")

    final = folder.commit("shots", "k", slow)
    whole = {path.name: path.read_text() for path in final.iterdir()}
    winner = "slow" if made_before else "quick"
    assert whole == {"first": winner, "second": winner}
    assert list(tmp_path.iterdir()) == [final]
