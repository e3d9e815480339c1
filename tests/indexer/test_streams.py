"""The picture that is the film, the same for what is said of it and for what is decoded."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from indexer.decoding import decode, extract_stills, open_audio, open_frames
from indexer.models import Models
from indexer.pipeline_sections import DecodeSettings
from indexer.probe import probe
from indexer.records import Media, Metadata, Title
from indexer.settings import Settings
from indexer.sound import with_sound
from indexer.stages import decode as decode_stage
from indexer.stages.base import TitleFolder
from indexer.stages.work import TitleWork
from tests.indexer.made_films import counted, frame_numbers, picture, write

FFmpeg = Callable[..., Path]

SETTINGS = DecodeSettings()
LOSSLESS = {"vcodec": "libx264rgb", "crf": 0}
SMALL = ["-f", "lavfi", "-i", "testsrc=size=64x36:rate=25:duration=2"]
FILM = ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=30:duration=2"]


@pytest.fixture
def two_pictures(tmp_path: Path) -> Path:
    """Frames 0, 1, 2 … at 25 a second, then by default frames 5, 6, 7 … at 30, twice as wide."""
    small, film = counted(Fraction(25), 50), counted(Fraction(30), 60, first=5)
    wide = film.filter("scale", 128, 72, flags="neighbor")
    default = {"disposition:v:0": 0, "disposition:v:1": "default"}
    return write(tmp_path, "two.mkv", small, wide, **LOSSLESS, **default)


def test_rate_size_and_pictures_are_those_of_one_stream(two_pictures: Path, tmp_path: Path) -> None:
    media = probe(two_pictures)
    assert media.fps == 30
    assert (media.width, media.height, media.video_stream) == (128, 72, 1)
    decoded = decode(media, tmp_path / "out", SETTINGS)
    assert decoded.frame_count == 60
    assert (frame_numbers(open_frames(tmp_path / "out")) == np.arange(5, 65) % 16).all()
    extract_stills(media, [33], tmp_path / "single", SETTINGS)
    shown = picture(tmp_path / "single" / "00000033.jpg")
    assert round(shown.mean() / 16) == (5 + 33) % 16


@pytest.mark.parametrize(
    ("name", "cover"),
    [("film.mkv", "mjpeg"), ("film.mkv", "png"), ("film.mp4", "mjpeg"), ("film.mov", "png")],
)
def test_a_cover_that_nobody_marked_is_no_film(ffmpeg: FFmpeg, name: str, cover: str) -> None:
    film = ffmpeg(
        *SMALL, *FILM, "-map", "0:v", "-map", "1:v", "-c:v:0", cover,
        "-filter:v:0", "trim=end_frame=1", "-c:v:1", "libx264", "-pix_fmt:v:1",
        "yuv420p", "-disposition:v:0", "default", name,
    )  # fmt: skip
    media = probe(film)
    assert media.fps == 30
    assert (media.width, media.video_codec, media.video_stream) == (160, "h264", 1)


def test_a_marked_cover_leaves_the_film_where_it_was(ffmpeg: FFmpeg) -> None:
    film = ffmpeg(
        *SMALL, *FILM, "-map", "0:v", "-map", "1:v", "-c:v:0", "mjpeg",
        "-filter:v:0", "trim=end_frame=1", "-disposition:v:0", "attached_pic",
        "-c:v:1", "libx264", "film.mp4",
    )  # fmt: skip
    assert probe(film).fps == 30
    assert probe(film).video_stream is None


def loudness(media: Media, out: Path) -> float:
    decode(media, out, SETTINGS)
    samples = open_audio(out)
    return 0.0 if samples is None else float(np.abs(samples).max())


@pytest.mark.parametrize("name", ["film.mxf", "film.mov"])
def test_speech_on_the_second_mono_track_is_heard(
    ffmpeg: FFmpeg, name: str, tmp_path: Path
) -> None:
    film = ffmpeg(
        *SMALL, "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono:d=2", "-f", "lavfi",
        "-i", "sine=sample_rate=48000:duration=2", "-map", "0", "-map", "1", "-map", "2",
        "-c:v", "mpeg2video", "-c:a", "pcm_s16le", name,
    )  # fmt: skip
    media = with_sound(probe(film), Metadata("Film"))
    assert media.sound == (1, 2)
    # A sine of ffmpeg's has an eighth of the full range; of two tracks 0.71 of that is left.
    assert loudness(media, tmp_path / "out") == pytest.approx(32768 / 8 * 0.5**0.5, rel=0.02)
    silent = with_sound(probe(film), Metadata("Film", audio_track=1))
    assert loudness(silent, tmp_path / "silent") == 0


def test_commentary_is_known_by_its_flag_and_by_its_name(ffmpeg: FFmpeg) -> None:
    tone = ["-f", "lavfi", "-i", "sine=duration=2"]
    film = ffmpeg(
        *SMALL, *tone, "-map", "0", *["-map", "1"] * 4,
        "-metadata:s:a:0", "title=Director's Commentary", "-disposition:a:1", "comment",
        "-disposition:a:2", "visual_impaired", "-metadata:s:a:3", "title=Surround", "film.mkv",
    )  # fmt: skip
    media = with_sound(probe(film), Metadata("Film"))
    assert [track.aside for track in media.audio_tracks] == [True, True, True, False]
    assert media.sound == (4,)


def test_only_titles_with_other_streams_are_decoded_again(two_pictures: Path) -> None:
    def settings_of(media: Media) -> object:
        title = Title("id", media, Metadata("Film"))
        folder = TitleFolder(two_pictures.parent)
        work = TitleWork(title, Settings(), folder, Models(Settings()), lambda _: None)
        return decode_stage.DECODE.settings(work)

    media = probe(two_pictures)
    ordinary = Media(two_pictures, "", 0, Fraction(30), False, 2.0, None, 128, 72, "h264")
    as_before = {"fps": "30", "stills_per_second": 2.0, "still_size": 252}
    assert settings_of(ordinary) == as_before
    assert settings_of(media) == {**as_before, "video_stream": 1}
