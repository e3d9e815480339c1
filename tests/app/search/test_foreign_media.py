"""What is sent is opened within limits, and what is no film is refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.search import foreign_media
from app.search.foreign_media import ForeignMediaError, make_safe
from indexer.ffmpeg import find_ffmpeg
from indexer.probe import probe


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return tmp_path / "made.mkv"


def write(path: Path, *arguments: str) -> Path:
    command = [find_ffmpeg(), "-loglevel", "error", "-y", "-f", "lavfi", *arguments, str(path)]
    subprocess.run(command, check=True)
    return path


def test_a_film_becomes_small_pictures_and_mono_sound(films: Path, made: Path) -> None:
    make_safe(films / "bigbuckbunny.mp4", made, 60)
    media = probe(made)
    assert (media.width, media.height, media.video_codec) == (896, 504, "mpeg4")
    assert media.duration == pytest.approx(probe(films / "bigbuckbunny.mp4").duration, abs=0.1)
    assert [track.channels for track in media.audio_tracks] == [1]


def test_what_is_too_long_is_not_read_to_its_end(tmp_path: Path, made: Path) -> None:
    sent = write(tmp_path / "long.mp4", "-i", "testsrc=size=64x64:rate=5:duration=100")
    make_safe(sent, made, 10)
    assert probe(made).duration == pytest.approx(10, abs=0.3)


def test_small_pictures_are_not_made_larger(tmp_path: Path, made: Path) -> None:
    sent = write(tmp_path / "small.mp4", "-i", "testsrc=size=120x90:rate=5:duration=1")
    make_safe(sent, made, 10)
    assert (probe(made).width, probe(made).height) == (120, 90)


def test_a_cover_in_front_is_not_what_is_looked_for(tmp_path: Path, made: Path) -> None:
    """The child knows no covers that nobody marked, so it hands on all pictures."""
    film = ["-f", "lavfi", "-i", "testsrc=size=160x90:rate=10:duration=2"]
    streams = ["-map", "0", "-map", "1", "-filter:v:0", "trim=end_frame=1", "-c:v:0", "png"]
    cover = "testsrc=size=64x64:rate=25:duration=2"
    sent = write(tmp_path / "sent.mkv", "-i", cover, *film, *streams, "-c:v:1", "libx264")
    make_safe(sent, made, 10)
    assert probe(made).width == 160
    assert probe(made).fps == 10


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no media at all",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 100,
    ],
    ids=["empty", "text", "playlist", "list of files", "broken"],
)
def test_what_is_no_film_is_refused(tmp_path: Path, made: Path, content: bytes) -> None:
    sent = tmp_path / "sent"
    sent.write_bytes(content)
    with pytest.raises(ForeignMediaError) as refused:
        make_safe(sent, made, 10)
    assert str(tmp_path) not in str(refused.value)


def test_a_playlist_of_a_film_that_is_there_is_refused(
    films: Path, tmp_path: Path, made: Path
) -> None:
    # The film plays: only the list must not lead to it.
    film = films / "bikes.mp4"
    make_safe(film, made, 10)
    lists = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{film}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile {film}\n",
    }
    for name, text in lists.items():
        sent = tmp_path / name
        sent.write_text(text)
        with pytest.raises(ForeignMediaError):
            make_safe(sent, made, 10)


def test_sound_alone_is_refused(tmp_path: Path, made: Path) -> None:
    sent = write(tmp_path / "sound.mp4", "-i", "sine=duration=1")
    with pytest.raises(ForeignMediaError, match="moving pictures"):
        make_safe(sent, made, 10)


def test_frames_beyond_the_limit_are_refused(
    films: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign_media, "MOST_PIXELS", 1000)
    with pytest.raises(ForeignMediaError):
        make_safe(films / "bikes.mp4", made, 10)


def test_what_takes_too_long_is_ended(
    films: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign_media, "SECONDS", 0.01)
    with pytest.raises(ForeignMediaError, match="takes longer"):
        make_safe(films / "bikes.mp4", made, 10)


@pytest.mark.skipif(sys.platform != "linux", reason="not every system keeps this limit")
def test_what_takes_too_much_memory_is_ended(films: Path, made: Path) -> None:
    with pytest.raises(ForeignMediaError, match="cannot be decoded"):
        make_safe(films / "bikes.mp4", made, 10, memory=1 / 64)


def test_the_child_knows_nothing_of_this_process_but_where_windows_has_its_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SYSTEMROOT", raising=False)
    assert foreign_media._environment() == {"LC_ALL": "C"}
    monkeypatch.setenv("SYSTEMROOT", r"C:\Windows")
    monkeypatch.setenv("REELFIND_KEY", "secret")
    assert foreign_media._environment() == {"LC_ALL": "C", "SYSTEMROOT": r"C:\Windows"}
