"""What a media file says of itself, and how a file that is no film is refused."""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from indexer.errors import ReelfindError
from indexer.probe import probe

FFmpeg = Callable[..., Path]
VIDEO = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate={rate}:duration=3"]
CONTAINERS = re.findall(
    r"\w+",
    "3g2 3gp asf avi f4v flv m1v m4v mkv mov mp4 mpeg mpg ogg ogv rm swf vob webm wmv",
)


def picture(rate: str) -> list[str]:
    return [part.format(rate=rate) for part in VIDEO]


@pytest.mark.parametrize("container", [*CONTAINERS, "gif"])
def test_the_concert_runs_at_24_in_every_container(samples: Path, container: str) -> None:
    found = probe(samples / "video" / f"demo.{container}")
    assert found.fps == 24
    assert not found.variable_frame_rate
    assert (found.width, found.height) in {(176, 144), (352, 288)}
    assert len(found.audio_tracks) == (0 if container in {"gif", "m1v"} else 1)
    # A raw stream cannot tell its length, and Flash does not.
    if container not in {"m1v", "swf", "gif"}:
        assert found.duration == pytest.approx(60, abs=1)


def test_real_films(media: Path) -> None:
    bunny = probe(media / "big_buck_bunny_360p.mp4")
    assert bunny.fps == 24
    assert not bunny.variable_frame_rate
    assert (bunny.width, bunny.height) == (640, 360)
    assert bunny.duration == pytest.approx(596.5, abs=0.1)
    assert [track.channels for track in bunny.audio_tracks] == [2]
    steel = probe(media / "tears_of_steel_battle_clip.webm")
    assert steel.fps == 24
    assert steel.video_codec == "vp8"
    assert (steel.width, steel.height) == (798, 332)  # 800 stored, pixels of 399:400


@pytest.mark.parametrize("name", ["film.mkv", "film.mp4", "film.webm"])
@pytest.mark.parametrize("rate", ["24000/1001", "25", "30000/1001", "60000/1001"])
def test_rational_rates_survive_the_container(ffmpeg: FFmpeg, name: str, rate: str) -> None:
    codec = ["-c:v", "libvpx", "-deadline", "realtime"] if name.endswith("webm") else []
    film = ffmpeg(*picture(rate), *codec, name)
    assert probe(film).fps == Fraction(rate)
    assert not probe(film).variable_frame_rate


def test_variable_frame_rate(ffmpeg: FFmpeg) -> None:
    drops = "select='if(lt(t,1.5),1,not(mod(n,3)))'"
    film = ffmpeg(*picture("30"), "-vf", drops, "-fps_mode", "vfr", "film.mkv")
    assert probe(film).variable_frame_rate
    assert probe(film).fps == 30


@pytest.mark.parametrize("name", ["film.mov", "film.mp4", "film.mxf"])
@pytest.mark.parametrize(("rate", "start"), [("25", "10:00:00:00"), ("30000/1001", "01:00:00;02")])
def test_start_timecode(ffmpeg: FFmpeg, name: str, rate: str, start: str) -> None:
    codec = ["-c:v", "mpeg2video"] if name.endswith("mxf") else []
    film = ffmpeg(*picture(rate), *codec, "-timecode", start, name)
    assert probe(film).start_timecode == start


def test_display_size_after_pixel_aspect_and_rotation(ffmpeg: FFmpeg) -> None:
    wide = ffmpeg(*picture("25"), "-vf", "setsar=2", "wide.mp4")
    assert (probe(wide).width, probe(wide).height) == (320, 120)
    upright = ffmpeg("-display_rotation", "90", "-i", wide, "-c", "copy", "upright.mp4")
    assert (probe(upright).width, probe(upright).height) == (120, 320)


def test_tracks_with_language_and_purpose(ffmpeg: FFmpeg, tmp_path: Path) -> None:
    (tmp_path / "lines.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    text = tmp_path / "lines.srt"
    tone = ["-f", "lavfi", "-i", "sine=duration=3"]
    film = ffmpeg(
        *picture("25"), *tone, "-i", text, "-i", text, "-map", "0", "-map", "1", "-map", "2",
        "-map", "3", "-metadata:s:a:0", "language=fre", "-metadata:s:s:0", "language=ger",
        "-metadata:s:s:1", "language=eng", "-disposition:s:0", "default",
        "-disposition:s:1", "forced", "film.mkv",
    )  # fmt: skip
    found = probe(film)
    assert [(t.index, t.language, t.channels) for t in found.audio_tracks] == [(1, "fr", 1)]
    assert [(t.index, t.language, t.default, t.forced) for t in found.text_tracks] == [
        (2, "de", True, False),
        (3, "en", False, True),
    ]


def test_tags_that_are_not_utf_8(ffmpeg: FFmpeg, tmp_path: Path) -> None:
    tagged = ["-metadata", "title=a title", "-metadata:s:v:0", "language=eng"]
    content = ffmpeg(*picture("25"), *tagged, "tagged.mkv").read_bytes()
    film = tmp_path / "broken.mkv"
    film.write_bytes(content.replace(b"a title", b"\xe9 title").replace(b"eng", b"\xe9ng"))

    assert probe(film).fps == 25


def test_a_duration_that_is_missing_is_zero(samples: Path) -> None:
    assert probe(samples / "video" / "demo.swf").duration == 0


def test_a_film_cut_off_in_the_middle_is_still_read(samples: Path, tmp_path: Path) -> None:
    film = tmp_path / "half.mkv"
    whole = (samples / "video" / "demo.mkv").read_bytes()
    film.write_bytes(whole[: len(whole) // 2])
    assert probe(film).fps == 24


def refusal(path: Path) -> str:
    with pytest.raises(ReelfindError) as caught:
        probe(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "; " in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", ["demo.mp3", "demo.wav", "withcover.mp3", "demo.opus"])
def test_sound_only_is_refused_even_with_cover_art(samples: Path, name: str) -> None:
    assert "sound only" in refusal(samples / "audio" / name)


@pytest.mark.parametrize("name", ["demo.jpg", "demo.png", "demo.gif", "demo.tif"])
def test_still_pictures_are_refused(samples: Path, name: str) -> None:
    assert "still picture" in refusal(samples / "image" / name)


def test_files_that_are_no_films(samples: Path, tmp_path: Path) -> None:
    empty, text, cut, frameless, captions = (
        tmp_path / f"{name}.mp4" for name in ("empty", "text", "cut", "frameless", "captions")
    )
    empty.touch()
    text.write_text("not a film\n" * 1000)
    cut.write_bytes((samples / "video" / "demo.mp4").read_bytes()[:1_000_000])
    frameless.write_bytes((samples / "video" / "demo.mkv").read_bytes()[:5000])
    captions.write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    assert "empty" in refusal(empty)
    assert "not a media file" in refusal(text)
    assert "not a media file" in refusal(cut)
    assert "a playlist or another format that is not opened" in refusal(captions)
    assert refusal(frameless)
    assert "no such file" in refusal(tmp_path / "missing.mp4")
    assert "a folder" in refusal(tmp_path)


def test_no_frames(ffmpeg: FFmpeg) -> None:
    film = ffmpeg(*picture("25"), "-movflags", "+faststart", "ahead.mp4")
    whole = film.read_bytes()
    film.write_bytes(whole[: whole.index(b"mdat") + 40])
    assert "no frame could be decoded" in refusal(film)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.mp4"
    path.write_bytes(b"film")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("indexer.files.os.open", refuse)  # root may read anything
    assert "check its permissions" in refusal(path)
