"""Frame 0 is the first picture, in every container, from the start and after a seek."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.decoding import decode, extract_stills, open_audio, open_frames
from indexer.pipeline_sections import DecodeSettings
from indexer.probe import probe
from indexer.reading import on_the_clock
from tests.indexer.barcodes import COUNT, FILMS, ffmpeg, numbered, numbers, shown

SETTINGS = DecodeSettings()
RATES = {
    "remuxed": Fraction(24000, 1001),
    "jitter": Fraction(30000, 1001),
    "telecine": Fraction(30000, 1001),
    "23.976": Fraction(24000, 1001),
    "29.97 drop": Fraction(30000, 1001),
}


@pytest.mark.parametrize("kind", FILMS)
def test_frames_count_from_the_first_picture(kind: str, tmp_path: Path) -> None:
    media = probe(FILMS[kind](tmp_path))
    decoded = decode(media, tmp_path / "out", SETTINGS)
    expected = shown(kind)
    assert media.fps == RATES.get(kind, 25)
    assert numbers(open_frames(tmp_path / "out"))[: len(expected)] == expected
    # The last picture of a film whose pictures differ in length may be held.
    assert len(expected) <= decoded.frame_count <= len(expected) + (kind == "telecine")
    assert decoded.damaged is None
    wanted = [0, 1, 24, 25, 26, 86, 87, 100, len(expected) - 1]
    extract_stills(media, wanted, tmp_path / "stills", SETTINGS, decoded.breaks)
    for frame in wanted:
        with Image.open(tmp_path / "stills" / f"{frame:08d}.jpg") as still:
            assert numbers(np.asarray(still)[None]) == [expected[frame]]


def test_every_picture_of_a_program_stream_has_its_place(tmp_path: Path) -> None:
    """libavformat gives a few of these pictures the timestamps of their neighbours."""
    codec = ("-c:v", "mpeg2video", "-b:v", "2M", "-g", "12", "-bf", "2", "-c:a", "mp2")
    sound = ("-f", "lavfi", "-t", "40", "-i", "sine=frequency=440:sample_rate=48000")
    film = ffmpeg(*numbered(tmp_path, count=1000), *sound, *codec, tmp_path / "film.vob")
    decoded = decode(probe(film), tmp_path / "out", SETTINGS)
    assert decoded.breaks.regular
    assert numbers(open_frames(tmp_path / "out")) == list(range(1000))


@pytest.mark.parametrize("kind", ["mkv late", "ts late", "vob late", "joined"])
def test_sound_is_heard_with_its_picture(kind: str, tmp_path: Path) -> None:
    """What is heard before the first picture is left out, and the rest is where it was."""
    media = probe(FILMS[kind](tmp_path))
    decode(media, tmp_path / "out", SETTINGS)
    heard = open_audio(tmp_path / "out")
    assert heard is not None
    late = float(media.picture_start)
    length = 12.0 if kind == "joined" else 6.0 - late
    assert len(heard) / 16_000 == pytest.approx(length, abs=0.1)
    assert np.abs(heard[:800]).max() > 1000


def test_a_line_is_read_when_a_player_shows_it(tmp_path: Path) -> None:
    """A player counts from the start of the file: here the sound, half a second earlier."""
    media = probe(FILMS["ts late"](tmp_path))
    assert float(media.picture_start) == pytest.approx(0.5, abs=0.1)
    decoded = decode(media, tmp_path / "out", SETTINGS)
    at = on_the_clock(media, decoded.breaks, 2.0)
    assert at == pytest.approx(2.0 - float(media.picture_start))


def test_an_hour_in_which_nothing_happens_is_no_hour_of_frames(tmp_path: Path) -> None:
    media = probe(FILMS["gap"](tmp_path))
    decoded = decode(media, tmp_path / "out", SETTINGS)
    (gap,) = decoded.breaks.gaps
    assert float(gap.start) == 3.44
    assert float(gap.end) == pytest.approx(3603.493, abs=1e-3)
    assert on_the_clock(media, decoded.breaks, 3604.0) == pytest.approx(87 / 25 + 0.507, abs=1e-3)


def test_a_picture_that_is_talked_over_is_held(tmp_path: Path) -> None:
    """Twelve seconds without a new picture are kept where sound runs on."""
    times = "settb=1/1000,setpts='N*40+gte(N,10)*12000'"
    talk = ("-f", "lavfi", "-t", "14", "-i", "sine=sample_rate=16000")
    pictures = (*numbered(tmp_path, count=30), *talk, "-vf", times, "-fps_mode", "passthrough")
    film = ffmpeg(*pictures, "-enc_time_base", "1:1000", "-c:v", "libx264", tmp_path / "talk.mkv")
    strict = DecodeSettings(longest_hold=5)
    assert decode(probe(film), tmp_path / "talk", strict).frame_count == 330
    # A word in the middle of an hour does not fill it.
    short = ffmpeg("-i", film, "-af", "aselect=gt(t\\,13)", "-c:v", "copy", tmp_path / "short.mkv")
    assert decode(probe(short), tmp_path / "short", strict).frame_count == 30
    silent = ffmpeg("-i", film, "-an", "-c", "copy", tmp_path / "silent.mkv")
    assert decode(probe(silent), tmp_path / "silent", strict).frame_count == 30
    assert decode(probe(silent), tmp_path / "slow", SETTINGS).frame_count == 330


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "avi", "vob"])
def test_sound_that_goes_on_is_no_damage(ending: str, tmp_path: Path) -> None:
    talk = ("-f", "lavfi", "-t", "9", "-i", "sine")
    codec = ("mpeg2video", "mp2") if ending == "vob" else ("libx264", "aac")
    coded = ("-c:v", codec[0], "-pix_fmt", "yuv420p", "-c:a", codec[1])
    film = ffmpeg(*numbered(tmp_path), *talk, *coded, tmp_path / f"film.{ending}")
    decoded = decode(probe(film), tmp_path / "out", SETTINGS)
    assert (decoded.frame_count, decoded.damaged) == (COUNT, None)


def test_a_length_that_is_counted_from_time_0_is_no_damage(tmp_path: Path) -> None:
    """A cut that keeps its timestamps: Matroska's length is then the time of its end."""
    codec = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2")
    film = ffmpeg(*numbered(tmp_path), *codec, "-output_ts_offset", "3", tmp_path / "film.mkv")
    media = probe(film)
    assert media.duration == pytest.approx(9, abs=0.2)
    decoded = decode(media, tmp_path / "out", SETTINGS)
    assert (decoded.frame_count, decoded.damaged) == (COUNT, None)


@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi"])
def test_pictures_that_are_missing_are_damage(ending: str, tmp_path: Path) -> None:
    codec = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "10", "-movflags", "+faststart")
    film = ffmpeg(*numbered(tmp_path), *codec, tmp_path / f"film.{ending}")
    os.truncate(film, film.stat().st_size // 2)
    decoded = decode(probe(film), tmp_path / "out", SETTINGS)
    assert decoded.frame_count < COUNT
    assert decoded.damaged is not None
