"""Films in an object store: what lies where, its states, and how trouble is told."""

import sys
from collections.abc import Iterable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from moto import settings as moto_settings

from indexer import object_store
from indexer.discovery import discover
from indexer.errors import ReelfindError
from indexer.files import open_regular, state_of
from indexer.hashing import BLOCK, BLOCKS, content_hash, current_hash
from indexer.object_store import snapshot
from indexer.probe import probe
from indexer.seen import stamp_of
from indexer.text.listing import sidecars_in_folder
from tests.object_store import Store, breaks_off, fails


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store ask who somebody is, and know nobody."""
    monkeypatch.setattr(moto_settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)


def test_films_are_found_in_folders_with_their_sidecars(store: Store) -> None:
    for key in (
        "b.mov",
        "b.srt",
        "a #1.mp4",
        ".hidden.mov",
        "series/1/c.mkv",
        ".trash/d.mov",
        "e/",
    ):
        store.put(f"films/{key}", b"x")
    found = discover([store.path("films"), store.path("films/b.mov"), store.path("films/f.mov")])
    keys = ("films/a #1.mp4", "films/b.mov", "films/series/1/c.mkv", "films/f.mov")
    assert found.files == tuple(map(store.path, keys))
    assert found.problems == ()
    names = [path.name for path in sidecars_in_folder(store.path("films/b.mov"))]
    assert names == ["b.mov", "b.srt"]


def test_a_folder_without_films_and_one_that_is_not_there(store: Store) -> None:
    store.put("texts/a.txt", b"x")
    assert "no films" in discover([store.path("texts")]).problems[0]
    with pytest.raises(ReelfindError, match=r"s3://studio/none/a.mov: no such file"):
        probe(store.path("none/a.mov"))


def test_only_what_lies_in_the_roots_is_found(store: Store) -> None:
    film, roots = store.put("films/a.mov", b"x"), [store.path("films")]
    other = store.put("other/a.mov", b"x")
    assert discover([film], roots).files == (film,)
    assert discover([other, store.path("filmsets"), store.path("")], roots).files == ()


def test_in_a_snapshot_each_folder_is_listed_once(store: Store) -> None:
    films = [store.put(f"films/{number}.mov", b"x") for number in range(20)]
    with snapshot():
        discover([store.path("films")])
        store.forget()
        for film in films:
            assert stamp_of(film) is not None
            assert not film.with_suffix(".nfo").is_file()
            assert film in sidecars_in_folder(film)
    assert store.requests == []
    store.put("films/new.mov", b"x")
    with snapshot():
        assert store.path("films/new.mov") in discover([store.path("films")]).files


def test_another_content_is_another_state_in_the_same_second(store: Store) -> None:
    film = store.put("a.mov", b"one")
    before = state_of(film), stamp_of(film), current_hash(film)
    assert before == (state_of(film), stamp_of(film), current_hash(film))
    store.put("a.mov", b"two")
    after = state_of(film), stamp_of(film), current_hash(film)
    assert all(old != new for old, new in zip(before, after, strict=True))


def test_the_hash_is_that_of_a_file_and_reads_some_blocks(store: Store, tmp_path: Path) -> None:
    content = bytes(range(256)) * (BLOCK * (BLOCKS + 30) // 256)
    film = store.put("a.mov", content)
    copy = tmp_path / "a.mov"
    copy.write_bytes(content)
    store.forget()
    assert content_hash(film) == content_hash(copy)
    assert len(store.opened) == BLOCKS
    store.forget()
    assert current_hash(film) == content_hash(film) == content_hash(copy)
    assert store.opened == []


@pytest.mark.parametrize("fault", [fails, breaks_off])
def test_what_fails_for_the_moment_is_asked_for_again(store: Store, fault: object) -> None:
    film = store.put("a.srt", b"Hello")
    store.faults += [fault]  # type: ignore[list-item]
    with open_regular(film) as file:
        assert file.read() == b"Hello"
    assert len(store.opened) == 2


def test_a_store_that_answers_too_late_is_asked_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, asked_again = store.put("a.srt", b"Hello"), Event()

    def answers_too_late(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked_again.wait(60)
        return fails(environ, start)

    def says_so(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked_again.set()
        return fails(environ, start)

    monkeypatch.setattr(object_store, "READ_SECONDS", 0.2)
    store.faults += [answers_too_late, says_so]
    with open_regular(film) as file:
        assert file.read() == b"Hello"


@pytest.mark.usefixtures("refused")
def test_refused_credentials_are_told_in_one_line(store: Store) -> None:
    film = store.put("films/a.mov", b"x")
    [problem] = discover([store.path("films")]).problems
    assert "refuses the AWS credentials of this machine" in problem
    assert "\n" not in problem
    with pytest.raises(ReelfindError, match="refuses the AWS credentials"):
        probe(film)
    with pytest.raises(ReelfindError, match="refuses the AWS credentials"):
        film.is_file()


def test_without_credentials_one_line_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
    [problem] = discover([store.path("films")]).problems
    assert "Unable to locate credentials" in problem


def test_a_store_that_is_away_is_told_in_one_line(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(object_store, "REQUESTS", {"mode": "standard", "total_max_attempts": 1})
    object_store.files().retries = 1
    [problem] = discover([store.path("films")]).problems
    assert "object store: Could not connect" in problem


def test_without_the_extra_one_line_says_what_to_install(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("s3fs", "s3fs.utils", "botocore", "botocore.exceptions"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ReelfindError, match=r"pip install 'reelfind\[s3\]'"):
        discover([store.path("films")])
