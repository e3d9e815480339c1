"""A damaged film cannot take all memory: it is indexed within the limit, or refused by name."""

import sys
from fractions import Fraction
from pathlib import Path

import ffmpeg  # type: ignore[import-untyped]
import pytest

from indexer.decoding import decode
from indexer.errors import ReelfindError
from indexer.limits import Limits, limited
from indexer.pipeline_sections import DecodeSettings
from indexer.probe import probe
from tests.indexer.made_films import pictures, write

AHEAD = 40 * 24 * 3600
"""Seconds that a damaged timestamp may lie ahead: as silence, more than any machine holds."""

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps this limit")


def made(folder: Path, *, picture: str = "0", sound: str = "0") -> Path:
    """A film of two seconds; its streams lie so many seconds ahead, by ffmpeg's expressions."""
    tone = ffmpeg.input("sine=frequency=440:duration=2", f="lavfi")
    moved = pictures(Fraction(25), 50, "64x36").filter("setpts", f"PTS+({picture})/TB")
    heard = tone.filter("asetpts", f"PTS+({sound})/TB")
    return write(folder, "film.mkv", moved, heard, acodec="pcm_s16le", fps_mode="passthrough")


def test_sound_that_jumps_beyond_the_picture_is_left_out(tmp_path: Path) -> None:
    media = probe(made(tmp_path, sound=f"gt(T,1)*{AHEAD}"))
    decoded = decode(media, tmp_path / "out", DecodeSettings(memory=0.5))
    assert decoded.frame_count == 50
    assert decoded.audio_samples == pytest.approx(16_000, abs=1000)


@linux
def test_what_needs_more_memory_than_it_may_have_is_refused_by_name(tmp_path: Path) -> None:
    # The picture stands for an hour, which is no gap by the settings: ffmpeg holds all its frames.
    film = made(tmp_path, picture="gt(N,24)*4000", sound="N*150")
    with pytest.raises(ReelfindError) as refused:
        decode(
            probe(film),
            tmp_path / "out",
            DecodeSettings.model_construct(
                memory=0.2, stills_per_second=2.0, still_size=252, longest_hold=5000.0
            ),
        )
    assert str(film) in str(refused.value)
    assert "0.2 GiB" in str(refused.value)
    assert "decode.memory" in str(refused.value)


def test_a_limit_of_memory_makes_no_other_frames(tmp_path: Path) -> None:
    film = probe(made(tmp_path))
    decode(film, tmp_path / "one", DecodeSettings())
    decode(film, tmp_path / "other", DecodeSettings(memory=1))
    names = ["frames.u8", "audio.s16"]
    one, other = ([(tmp_path / out / n).read_bytes() for n in names] for out in ("one", "other"))
    assert one == other


def test_where_there_are_no_limits_the_program_is_run_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    assert limited(["ffmpeg", "-version"], Limits()) == ["ffmpeg", "-version"]
