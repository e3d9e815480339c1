"""Films of ffmpeg's own making, whose pictures and sound are known to the frame."""

import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import ffmpeg  # type: ignore[import-untyped]
import numpy as np
import pytest
from PIL import Image

from indexer import decoding
from indexer.decoding import (
    PICTURE_NAME,
    STILL_NAME,
    decode,
    extract_pictures,
    extract_stills,
    open_audio,
    open_frames,
    still_step,
)
from indexer.errors import ReelfindError
from indexer.ffmpeg import ffmpeg_version, find_ffmpeg, run_ffmpeg
from indexer.pipeline_sections import DecodeSettings
from indexer.records import AudioTrack
from tests.indexer.made_films import about, counted, frame_numbers, picture, pictures, write

SETTINGS = DecodeSettings()
RATES = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)]
SOUND = (AudioTrack(1, None, 1, True),)


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("container", ["film.mp4", "film.mkv"])
def test_a_constant_rate_is_taken_frame_for_frame(
    fps: Fraction, container: str, tmp_path: Path
) -> None:
    """Matroska rounds its timestamps to milliseconds, which must not shift a frame."""
    film = write(tmp_path, container, counted(fps, 400), vcodec="libx264rgb", crf=0)
    decoded = decode(about(film, fps), tmp_path / "out", SETTINGS)
    assert (decoded.frame_count, decoded.damaged) == (400, None)
    assert (frame_numbers(open_frames(tmp_path / "out")) == np.arange(400) % 16).all()


def test_a_variable_rate_is_placed_by_its_timestamps(tmp_path: Path) -> None:
    """Two seconds at 10 and two at 25 frames a second, on a grid of 25, do not drift."""
    slow, fast = counted(Fraction(10), 20), counted(Fraction(25), 50, first=20)
    both = ffmpeg.concat(slow, fast)
    film = write(tmp_path, "film.mkv", both, vcodec="libx264rgb", crf=0, fps_mode="vfr")
    decode(about(film), tmp_path / "out", SETTINGS)
    shown = frame_numbers(open_frames(tmp_path / "out"))
    with av.open(str(film)) as container:
        times = [float(frame.time or 0) for frame in container.decode(video=0)]
    places = np.floor(np.array(times) * 25 + 0.5)
    nearest = np.searchsorted(places, np.arange(100), side="right") - 1
    assert len(shown) == 100
    assert (shown == nearest % 16).all()


def test_stills_are_named_by_their_frame(tmp_path: Path) -> None:
    fps = Fraction(24000, 1001)
    film = write(tmp_path, "film.mp4", pictures(fps, 100))
    decode(about(film, fps), tmp_path / "out", SETTINGS)
    stills = sorted((tmp_path / "out" / "stills").iterdir())
    assert [still.name for still in stills] == [f"{frame:08d}.jpg" for frame in range(0, 100, 12)]
    frames = open_frames(tmp_path / "out")
    for still in stills:
        assert picture(still).shape == (252, 448, 3)
        with Image.open(still) as image:
            small = np.asarray(image.resize((48, 27), Image.Resampling.BOX), np.int16)
        distance = np.abs(small - frames).mean(axis=(1, 2, 3))
        assert distance.argmin() == int(still.stem)


@pytest.mark.parametrize("container", ["film.mp4", "film.mkv"])
def test_single_stills_are_those_of_the_whole_pass(container: str, tmp_path: Path) -> None:
    film = write(tmp_path, container, pictures(Fraction(25), 130))
    every = DecodeSettings(stills_per_second=25)
    decode(about(film), tmp_path / "whole", every)
    wanted = [0, 1, 11, 12, 59, 60, 128, 129]
    extract_stills(about(film), wanted, tmp_path / "single", SETTINGS)
    assert sorted(int(still.stem) for still in (tmp_path / "single").iterdir()) == wanted
    for still in (tmp_path / "single").iterdir():
        there = tmp_path / "whole" / "stills" / still.name
        assert np.abs(picture(still) - picture(there)).mean() < 0.1


def test_single_pictures_are_as_large_as_the_film_and_of_the_same_frames(tmp_path: Path) -> None:
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 30))
    media, wanted = about(film), [0, 13, 29]
    extract_pictures(media, wanted, tmp_path / "large", SETTINGS)
    extract_stills(media, wanted, tmp_path / "small", SETTINGS)
    stills = [picture(tmp_path / "small" / STILL_NAME.format(frame)) for frame in wanted]
    for place, frame in enumerate(wanted):
        with Image.open(tmp_path / "large" / PICTURE_NAME.format(frame)) as large:
            assert large.size == (media.width, media.height)
            small = np.asarray(large.resize((448, 252), Image.Resampling.BICUBIC), np.int16)
        distances = [np.abs(small - still).mean() for still in stills]
        assert np.argmin(distances) == place
        assert distances[place] < 5


def test_a_held_picture_is_found_by_its_beginning(tmp_path: Path) -> None:
    """One picture a second on a grid of 25: most frames begin long before they are asked for."""
    film = write(tmp_path, "film.mp4", pictures(Fraction(1), 6))
    decode(about(film), tmp_path / "whole", DecodeSettings(stills_per_second=25))
    extract_stills(about(film), [30, 74, 75], tmp_path / "single", SETTINGS)
    for still in (tmp_path / "single").iterdir():
        assert still.read_bytes() == (tmp_path / "whole" / "stills" / still.name).read_bytes()


def test_a_frame_beyond_the_film_is_an_error(tmp_path: Path) -> None:
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 10))
    with pytest.raises(ReelfindError, match=re.escape(f"{film}: frame 900 could not be decoded")):
        extract_stills(about(film), [900], tmp_path / "single", SETTINGS)


def test_sound_and_pictures_share_one_clock(tmp_path: Path) -> None:
    """A track that starts half a second late is padded: a click at 1.5 s is heard there."""
    click = ffmpeg.input("aevalsrc=eq(floor(t*10)\\,10):s=48000:d=2", f="lavfi")
    late = click.filter("asetpts", "PTS+0.5/TB")
    film = write(tmp_path, "film.mkv", pictures(Fraction(25), 75), late, acodec="pcm_s16le")
    decoded = decode(about(film, sound=SOUND), tmp_path / "out", SETTINGS)
    heard = open_audio(tmp_path / "out")
    assert heard is not None
    assert len(heard) == decoded.audio_samples
    loud = np.flatnonzero(np.abs(heard) > 8000) / 16_000
    assert loud[0] == pytest.approx(1.5, abs=0.005)
    assert loud[-1] == pytest.approx(1.6, abs=0.005)


def test_a_film_without_sound_has_no_sound_file(tmp_path: Path) -> None:
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 10))
    decoded = decode(about(film), tmp_path / "out", SETTINGS)
    assert decoded.audio_samples == 0
    assert open_audio(tmp_path / "out") is None


def test_pixel_aspect_and_odd_sizes_are_honoured(tmp_path: Path) -> None:
    wide = pictures(Fraction(25), 5, "176x144").filter("setsar", "16/11")
    film = write(tmp_path, "wide.mkv", wide, vcodec="ffv1")
    decode(about(film, size=(256, 144)), tmp_path / "wide", SETTINGS)
    assert picture(tmp_path / "wide/stills/00000000.jpg").shape == (252, 448, 3)
    odd = ffmpeg.input("testsrc=size=321x181:rate=25:duration=0.2", f="lavfi")
    film = write(tmp_path, "odd.mkv", odd, vcodec="ffv1")
    decode(about(film, size=(321, 181)), tmp_path / "odd", SETTINGS)
    assert picture(tmp_path / "odd/stills/00000000.jpg").shape == (252, 446, 3)


def test_rotation_is_honoured(tmp_path: Path) -> None:
    upright = write(tmp_path, "upright.mp4", pictures(Fraction(25), 5))
    turned = ffmpeg.input(str(upright), display_rotation=90)
    film = write(tmp_path, "turned.mp4", turned, vcodec="copy")
    decode(about(film, size=(180, 320)), tmp_path / "turned", SETTINGS)
    decode(about(upright), tmp_path / "upright", SETTINGS)
    here = picture(tmp_path / "turned/stills/00000000.jpg")
    there = np.rot90(picture(tmp_path / "upright/stills/00000000.jpg"))
    assert here.shape == there.shape == (448, 252, 3)
    assert np.abs(here - there).mean() < 5


def test_a_truncated_film_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    film = write(tmp_path, "film.mkv", pictures(Fraction(25), 250), vcodec="libx264")
    os.truncate(film, film.stat().st_size // 2)
    decoded = decode(about(film, duration=10.0), tmp_path / "out", SETTINGS)
    assert 20 < decoded.frame_count < 230
    assert decoded.damaged is not None
    assert decoded.frame_count == len(open_frames(tmp_path / "out"))


def test_a_duration_that_lies_is_reported(tmp_path: Path) -> None:
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 50))
    decoded = decode(about(film, duration=60.0), tmp_path / "out", SETTINGS)
    assert decoded.damaged == "ends after 2.0 s of the 60.0 s it claims"
    assert decode(about(film, duration=2.0), tmp_path / "out", SETTINGS).damaged is None


@pytest.mark.parametrize("content", [b"", b"not a film at all\n" * 100])
def test_what_is_no_film_is_an_error(content: bytes, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(content)
    with pytest.raises(ReelfindError, match=re.escape(f"{film}: no picture could be decoded (")):
        decode(about(film), tmp_path / "out", SETTINGS)


def test_sound_alone_is_an_error(tmp_path: Path) -> None:
    tone = ffmpeg.input("sine=duration=1", f="lavfi")
    film = write(tmp_path, "film.mka", tone, acodec="pcm_s16le")
    with pytest.raises(ReelfindError, match="no picture could be decoded"):
        decode(about(film, sound=(AudioTrack(0, None, 1, True),)), tmp_path / "out", SETTINGS)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_names_the_folder(tmp_path: Path) -> None:
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 50))
    out = tmp_path / "out"
    out.mkdir()
    (out / decoding.FRAMES_FILE).symlink_to("/dev/full")
    with pytest.raises(ReelfindError, match=re.escape(f"{out}: no space left")):
        decode(about(film), out, SETTINGS)


def test_a_playlist_in_disguise_reads_nothing_else(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_text("#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/segment.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(ReelfindError, match="no picture could be decoded"):
        decode(about(film), tmp_path / "out", SETTINGS)


def test_hard_names_are_only_names(tmp_path: Path) -> None:
    folder = tmp_path / "50%d off: [a]'s, 'b' \\ é"
    folder.mkdir()
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 10)).rename(folder / "-i.mp4")
    assert decode(about(film), folder / "out%d", SETTINGS).frame_count == 10


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 50))
    seconds: list[float] = []
    decode(about(film), tmp_path / "out", SETTINGS, seconds.append)
    assert seconds == sorted(seconds)
    assert seconds[-1] == pytest.approx(2.0, abs=0.05)


def test_an_exception_ends_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film without end, so that only killing it can end it."""
    started: list[subprocess.Popen[bytes]] = []

    class Child(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Child)
    endless = ffmpeg.input("testsrc2=size=320x180:rate=25", f="lavfi", re=None)

    def cancel(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_ffmpeg(ffmpeg.output(endless, "endless.u8", f="rawvideo"), tmp_path, cancel)
    assert len(started) == 1
    assert started[0].returncode not in (None, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_the_newest_ffmpeg_is_taken(tmp_path: Path) -> None:
    script = tmp_path / "ffmpeg"
    script.write_text("#!/bin/sh\necho 'ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright'\n")
    script.chmod(0o755)
    assert ffmpeg_version(str(script)) == (4, 4, 2)
    assert ffmpeg_version(str(tmp_path / "missing")) == (0,)
    assert ffmpeg_version(find_ffmpeg()) > (4, 4, 2)


def test_two_passes_give_the_same_bytes(tmp_path: Path) -> None:
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 60))
    files: list[list[bytes]] = []
    for name in ("one", "two"):
        decode(about(film), tmp_path / name, SETTINGS)
        found = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        files.append([path.read_bytes() for path in found])
    assert files[0] == files[1]


def test_a_real_film_has_all_its_frames(media: Path, tmp_path: Path) -> None:
    """The trailer, against the number of pictures in the file."""
    film = media / "sintel_trailer_720p.mp4"
    with av.open(str(film)) as container:
        packets = sum(packet.size > 0 for packet in container.demux(video=0))
    decoded = decode(about(film, Fraction(24), (1280, 720), sound=SOUND), tmp_path, SETTINGS)
    assert (decoded.frame_count, decoded.damaged) == (packets, None)
    assert decoded.audio_samples == pytest.approx(decoded.frame_count / 24 * 16_000, rel=0.01)


def test_the_step_between_stills_is_never_zero() -> None:
    settings = DecodeSettings(stills_per_second=60)
    assert still_step(about(Path("film.mp4"), Fraction(10)), settings) == 1


def made_by_a_gpu(folder: Path, monkeypatch: pytest.MonkeyPatch, says: str = "") -> Path:
    """Let an ffmpeg that takes ``-hwaccel cuda`` for the processor stand in for one with a GPU.

    It decodes in hardware, as far as its caller can tell, and has ``says`` to say. Returns the
    file in which it notes each run.
    """
    runs, script = folder / "runs", folder / "ffmpeg"
    script.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        "given = sys.argv[1:]\n"
        f"print('cuda' if 'cuda' in given else 'processor', file=open({str(runs)!r}, 'a'))\n"
        "if 'cuda' in given:\n"
        f"    sys.stderr.write({says!r})\n"
        "    place = given.index('-hwaccel')\n"
        "    assert place < given.index('-i') and given[place + 1] == 'cuda'\n"
        "    del given[place:place + 2]\n"
        f"os.execv({find_ffmpeg()!r}, [{find_ffmpeg()!r}, *given])\n"
    )
    script.chmod(0o755)
    monkeypatch.setattr(decoding, "can_decode_on_gpu", lambda: True)
    monkeypatch.setattr("indexer.ffmpeg.find_ffmpeg", lambda: str(script))
    return runs


def written(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
@pytest.mark.parametrize(
    ("says", "runs"), [("", ["cuda", "cuda"]), ("no surface left\n", ["cuda", "processor"])]
)
def test_a_gpu_decodes_where_there_is_one(
    says: str,
    runs: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A stand-in for one, which is given the first picture first; where it has something to say
    against it, the processor decodes the film."""
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 60))
    expected = decode(about(film), tmp_path / "expected", SETTINGS)
    noted = made_by_a_gpu(tmp_path, monkeypatch, says)
    assert decode(about(film), tmp_path / "out", SETTINGS) == expected
    assert noted.read_text().split() == runs
    assert len(caplog.messages) == runs.count("processor")
    assert written(tmp_path / "out") == written(tmp_path / "expected")


def test_the_processor_decodes_where_the_gpu_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 60))
    expected = decode(about(film), tmp_path / "expected", DecodeSettings(hardware="off"))
    monkeypatch.setattr(decoding, "can_decode_on_gpu", lambda: True)
    monkeypatch.setattr(decoding, "CUDA", "no-such-device")
    assert decode(about(film), tmp_path / "out", SETTINGS) == expected
    (line,) = caplog.messages
    assert line.startswith(f"{film}: not decoded on the GPU (")
    assert "\n" not in line
    assert written(tmp_path / "out") == written(tmp_path / "expected")


def test_a_gpu_that_is_off_is_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "can_decode_on_gpu", lambda: pytest.fail("looked for"))
    film = write(tmp_path, "film.mp4", pictures(Fraction(25), 10))
    assert decode(about(film), tmp_path / "out", DecodeSettings(hardware="off")).frame_count == 10
