"""Films in an object store are read as files are, and what breaks off is no end of a film."""

import filecmp
import http.client
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.decoding import decode, extract_stills
from indexer.errors import ReelfindError
from indexer.pipeline_sections import DecodeSettings
from indexer.probe import open_media, probe
from indexer.records import TextTrack
from indexer.relay import film_address
from indexer.text.embedded import read_track
from tests.indexer.conftest import FFmpeg
from tests.object_store import Store

PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=2")
SOUND = ("-f", "lavfi", "-i", "sine=duration=2")
LONG = (
    "-f",
    "lavfi",
    "-i",
    "testsrc2=size=640x360:rate=25:duration=3",
    "-c:v",
    "rawvideo",
    "a.nut",
)
"""26 MB: more than sockets and buffers hold."""


@pytest.mark.parametrize("name", ["a #1.mp4", "c.ts", "d.avi"])
def test_a_film_is_what_its_file_is(
    store: Store, ffmpeg: FFmpeg, tmp_path: Path, name: str
) -> None:
    file = ffmpeg(*PICTURE, *SOUND, "-c:a", "mp2", name)
    film = store.put(f"films/{name}", file)
    here, there = probe(file), probe(film)
    assert replace(there, path=file) == here
    settings = DecodeSettings()
    decoded = decode(here, tmp_path / "here", settings)
    assert decode(there, tmp_path / "there", settings) == decoded
    extract_stills(there, [13], tmp_path / "there" / "stills", settings, decoded.breaks)
    extract_stills(here, [13], tmp_path / "here" / "stills", settings, decoded.breaks)
    files = [each.relative_to(tmp_path / "here") for each in (tmp_path / "here").rglob("*.*")]
    assert len(files) > 5
    for each in files:
        assert filecmp.cmp(tmp_path / "here" / each, tmp_path / "there" / each, shallow=False)


def test_the_proxy_of_the_environment_is_not_asked(
    store: Store, ffmpeg: FFmpeg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = store.put("a.ts", ffmpeg(*PICTURE, "a.ts"))
    assert film.is_file()  # The store's own client chooses its way once.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert decode(probe(film), tmp_path, DecodeSettings()).frame_count == 50


def test_subtitles_in_a_film_are_read(store: Store, ffmpeg: FFmpeg, tmp_path: Path) -> None:
    lines = tmp_path / "lines.srt"
    lines.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n", encoding="utf-8")
    film = probe(store.put("a.mkv", ffmpeg(*PICTURE, "-i", lines, "-c:s", "srt", "a.mkv")))
    [track] = film.text_tracks
    assert isinstance(track, TextTrack)
    read = read_track(film, track, film.duration, lambda _: None)
    assert [line.text for line in read.lines] == ["Hello"]


def test_the_end_of_a_long_film_is_read_without_what_lies_before(
    store: Store, ffmpeg: FFmpeg
) -> None:
    made = ffmpeg(*PICTURE, "-c:v", "rawvideo", "a.nut")
    film = store.put("a.nut", made)
    address, _ = film_address(film)
    store.forget()
    host, path = address.removeprefix("http://").split("/", 1)
    size = made.stat().st_size
    connection = http.client.HTTPConnection(host)
    connection.request("GET", f"/{path}", headers={"Range": f"bytes={size - 10}-"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (206, made.read_bytes()[-10:])
    assert store.opened == [f"bytes={size - 10}-{size - 1}"]


@pytest.mark.parametrize("headers", [{"Range": "bytes=10-"}, {"Range": "bytes=99-5"}])
def test_a_range_outside_the_film_is_refused(store: Store, headers: dict[str, str]) -> None:
    address, _ = film_address(store.put("a.mov", b"0123456789"))
    host, path = address.removeprefix("http://").split("/", 1)
    connection = http.client.HTTPConnection(host)
    connection.request("GET", f"/{path}", headers=headers)
    assert connection.getresponse().status == 416
    connection = http.client.HTTPConnection(host)
    connection.request("GET", "/studio/a.mov")
    assert connection.getresponse().status == 404


def test_a_film_whose_store_fails_is_no_shorter_film(
    store: Store, ffmpeg: FFmpeg, tmp_path: Path
) -> None:
    film = probe(store.put("b.nut", ffmpeg(*LONG)))
    store.fails_from = film.size / 2
    with pytest.raises(ReelfindError, match=r"s3://studio/b.nut: .*object store: .*"):
        decode(film, tmp_path, DecodeSettings())


def replaced(store: Store) -> None:
    store.put("a.nut", b"another film")


def removed(store: Store) -> None:
    store.remove("a.nut")


@pytest.mark.parametrize(
    ("change", "cause"),
    [(replaced, "it was replaced while it was read"), (removed, "no such object")],
)
def test_a_film_that_changes_while_it_is_read_is_told(
    store: Store, ffmpeg: FFmpeg, change: Callable[[Store], None], cause: str
) -> None:
    film = store.put("a.nut", ffmpeg(*LONG))
    with pytest.raises(ReelfindError, match=cause):
        read_to_the_end(film, change, store)


def read_to_the_end(film: Path, change: Callable[[Store], None], store: Store) -> None:
    with open_media(film) as container:
        packets = container.demux()
        next(packets)
        change(store)
        list(packets)
