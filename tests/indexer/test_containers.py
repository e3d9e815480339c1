"""Formats that name other files are not opened, by PyAV or by ffmpeg, whatever they are called."""

from collections.abc import Callable
from pathlib import Path

import ffmpeg as ffmpeg_python  # type: ignore[import-untyped]
import pytest
from pydantic import ValidationError

from indexer.containers import CONTAINERS
from indexer.errors import ReelfindError
from indexer.ffmpeg import file_input, run_ffmpeg
from indexer.pipeline_sections import MediaSettings
from indexer.probe import open_media, probe

FFmpeg = Callable[..., Path]

HLS = """#EXTM3U
#EXT-X-TARGETDURATION:3
#EXTINF:3,
secret.ts
#EXT-X-ENDLIST
"""
DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT3S">
<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">
<BaseURL>secret.mp4</BaseURL><SegmentList duration="3"><SegmentURL media="secret.mp4"/>
</SegmentList></Representation></AdaptationSet></Period></MPD>
"""
CONCAT = "ffconcat version 1.0\nfile secret.ts\n"
SDP = """v=0
o=- 0 0 IN IP4 127.0.0.1
s=film
c=IN IP4 127.0.0.1
t=0 0
m=video 5004 RTP/AVP 96
a=rtpmap:96 H264/90000
"""
IMF = """<?xml version="1.0"?>
<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016">
<Id>urn:uuid:8713c020-2489-45f5-a9f7-87be539e20b5</Id></CompositionPlaylist>
"""
AVISYNTH = 'DirectShowSource("secret.mp4")\n'


@pytest.fixture
def secret(ffmpeg: FFmpeg) -> Path:
    film = ["-f", "lavfi", "-i", "testsrc=size=64x36:rate=10:duration=3", "-pix_fmt", "yuv420p"]
    ffmpeg(*film, "-movflags", "frag_keyframe+empty_moov", "secret.mp4")
    return ffmpeg(*film, "secret.ts")


@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".mpd", ".ts"])
@pytest.mark.parametrize(
    "content",
    [HLS, DASH, CONCAT, SDP, IMF, AVISYNTH],
    ids=["hls", "dash", "concat", "sdp", "imf", "avisynth"],
)
def test_what_names_other_files_is_refused(secret: Path, content: str, suffix: str) -> None:
    film = secret.with_name(f"film{suffix}")
    film.write_text(content)
    with pytest.raises(ReelfindError, match=rf"film\{suffix}: .*; "):
        probe(film)
    copied = ffmpeg_python.output(file_input(film), "out.mkv", c="copy")
    run = run_ffmpeg(copied, secret.parent)
    assert run.status != 0
    out = secret.with_name("out.mkv")
    assert not out.exists() or out.stat().st_size == 0


def test_a_playlist_would_be_read_without_the_list(secret: Path) -> None:
    """What is refused above is a film to ffmpeg, so it is the list that refuses it."""
    film = secret.with_name("film.m3u8")
    film.write_text(HLS)
    with open_media(film, (*CONTAINERS, "hls")) as container:
        assert container.streams.video


def test_numbered_pictures_are_refused(ffmpeg: FFmpeg) -> None:
    """A file may have such a name, and ffmpeg would read those beside it that match."""
    first = ffmpeg(
        "-f", "lavfi", "-i", "testsrc=size=64x36:rate=10:duration=1", "picture%03d.jpg"
    ).with_name("picture001.jpg")
    numbered = first.with_name("picture%03d.jpg")
    numbered.write_bytes(first.read_bytes())
    with pytest.raises(ReelfindError, match="still picture"):
        probe(numbered)


MADE = {
    "avi": "mpeg4", "asf": "msmpeg4", "dv": "dvvideo", "flv": "flv1", "gxf": "mpeg2video",
    "ivf": "libvpx", "matroska": "libx264", "mov": "libx264", "mpeg": "mpeg2video",
    "mpegts": "libx264", "mpeg2video": "mpeg2video", "mxf": "mpeg2video", "nut": "mpeg4",
    "ogg": "libtheora", "rm": "rv20", "swf": "flv1", "webm": "libvpx", "h264": "libx264",
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(MADE))
def test_films_of_every_common_container_are_opened(ffmpeg: FFmpeg, form: str) -> None:
    size = "720x576" if form in {"dv", "gxf"} else "128x96"
    source = ["-f", "lavfi", "-i", f"testsrc=size={size}:rate=25:duration=0.4"]
    film = ffmpeg(*source, "-pix_fmt", "yuv420p", "-c:v", MADE[form], "-f", form, "film.bin")
    media = probe(film)
    assert set(media.container.split(",")) & set(CONTAINERS)
    run = run_ffmpeg(
        ffmpeg_python.output(file_input(film, media.containers)["v"], "-", f="null"),
        film.parent,
    )
    assert run.status == 0, run.errors


def test_the_list_is_a_setting(secret: Path) -> None:
    only = MediaSettings(containers=("mov",))
    assert probe(secret.with_name("secret.mp4"), only.containers).width == 64
    with pytest.raises(ReelfindError, match=r"media\.containers"):
        probe(secret, only.containers)
    with pytest.raises(ValidationError):
        MediaSettings(containers=("mov,hls",))
