"""Only regular files are opened, and a file that is swapped is found out."""

import os
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest

from indexer.catalogue import Catalogue
from indexer.discovery import discover
from indexer.errors import ReelfindError
from indexer.executors.local import run_stages
from indexer.ffmpeg import file_input
from indexer.files import open_regular, state_of
from indexer.hashing import content_hash
from indexer.listener import Silence
from indexer.models import Models
from indexer.preparation import Preparation
from indexer.probe import probe
from indexer.request import Request
from indexer.settings import Settings
from indexer.stages import decode
from indexer.stages.work import TitleWork
from indexer.text.encoding import read_text
from indexer.timings import Timings
from tests.indexer.made_films import pictures, write

needs_pipes = pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders")

Open = Callable[[Path], object]


@needs_pipes
@pytest.mark.parametrize("read", [probe, content_hash, read_text, file_input])
def test_a_named_pipe_is_refused_at_once(tmp_path: Path, read: Open) -> None:
    pipe = tmp_path / "x.mp4"
    os.mkfifo(pipe)
    with pytest.raises(ReelfindError, match=r"x\.mp4: .*not a(nother)? file"):
        read(pipe)


@needs_pipes
def test_devices_sockets_and_folders_are_refused(tmp_path: Path) -> None:
    link = tmp_path / "zero.mp4"
    link.symlink_to("/dev/zero")
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(tmp_path / "s.mp4"))
        for path in (link, tmp_path / "s.mp4", tmp_path):
            with pytest.raises(OSError, match="not a file"):
                open_regular(path)
            with pytest.raises(ReelfindError, match=path.name):
                probe(path)


@needs_pipes
def test_a_folder_with_a_named_pipe_is_indexed_but_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    write(folder, "good.mp4", pictures(Fraction(10), 10, "64x36"))
    os.mkfifo(folder / "x.mp4")
    os.mkfifo(folder / "good.srt")
    os.mkfifo(folder / "good.json")
    prepared = prepare(tmp_path, Request((folder,)))
    assert [work.title.metadata.name for work in prepared.works] == ["good"]
    (failure,) = prepared.failures
    assert failure.path.name == "x.mp4"


def prepare(tmp_path: Path, request: Request):  # type: ignore[no-untyped-def]
    settings = Settings()
    preparation = Preparation(Catalogue(tmp_path / "data"), settings, Models(settings))
    return preparation.prepare(request, Timings(tmp_path / "timings.json"), Silence())


def decoded(work: TitleWork, tmp_path: Path) -> None:
    timings = Timings(tmp_path / "timings.json")
    run_stages(work, [decode.DECODE], False, Silence(), timings)


def test_a_link_that_is_swapped_after_the_check_is_not_decoded(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    film = write(root, "real.mp4", pictures(Fraction(10), 10, "64x36"))
    secret = outside / "secret.mp4"
    secret.write_bytes(film.read_bytes())  # Even the same film is not read from elsewhere.
    link = root / "link.mp4"
    link.symlink_to(film)
    (work,) = prepare(tmp_path, Request((link,), roots=(root,))).works
    link.unlink()
    link.symlink_to(secret)
    with pytest.raises(ReelfindError, match=r"link\.mp4: was replaced while it was indexed; run"):
        decoded(work, tmp_path)
    link.unlink()
    link.symlink_to(film)
    decoded(work, tmp_path)


def test_a_film_that_is_written_over_after_the_check_is_not_decoded(tmp_path: Path) -> None:
    film = write(tmp_path, "film.mp4", pictures(Fraction(10), 10, "64x36"))
    (work,) = prepare(tmp_path, Request((film,))).works
    whole = film.read_bytes()
    film.write_bytes(whole[:-10] + bytes(10))
    with pytest.raises(ReelfindError, match="was replaced while it was indexed"):
        decoded(work, tmp_path)
    film.write_bytes(whole)  # Another time and perhaps another inode, but the same content.
    decoded(work, tmp_path)


def test_a_film_that_leads_out_when_it_is_probed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder was looked through before, when the link still led to a film inside."""
    root = tmp_path / "root"
    root.mkdir()
    film = write(tmp_path, "outside.mp4", pictures(Fraction(10), 10, "64x36"))
    (root / "link.mp4").symlink_to(film)
    found = discover((root / "link.mp4",))
    monkeypatch.setattr("indexer.preparation.discover", lambda *_: found)
    prepared = prepare(tmp_path, Request((root,), roots=(root,)))
    assert prepared.works == ()
    assert "outside the folders" in (prepared.failures[0].error or "")


def test_the_state_of_a_file_is_that_of_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"film")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert state_of(tmp_path / "link") == state_of(tmp_path / "a")
    assert state_of(tmp_path / "a").size == 4
