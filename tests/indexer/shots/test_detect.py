"""Made films have cuts known to the frame; the film's cuts were reviewed by eye."""

import json
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import ffmpeg  # type: ignore[import-untyped]
import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.ffmpeg import run_ffmpeg
from indexer.pipeline_sections import ShotSettings
from indexer.records import Shot
from indexer.shots.compare import without_bars
from indexer.shots.detect import detect, uncertain_spans
from indexer.shots.fast import Candidates
from indexer.shots.transnet import TransNet
from tests.indexer.shots.pictures import shot

Decode = Callable[[Path, Fraction], NDArray[np.uint8]]

SETTINGS = ShotSettings()
FLASHES = [(20, 1), (50, 2), (80, 3), (110, 4)]
"""First frames and lengths."""
NTSC = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)]


def source(kind: str, fps: Fraction, frames: int) -> ffmpeg.nodes.Stream:
    """Moving or still pictures of ffmpeg's own making, an exact number of frames long."""
    rate = f"{fps.numerator}/{fps.denominator}"
    made = ffmpeg.input(f"{kind}=size=320x180:rate={rate}", f="lavfi")
    return made.filter("trim", end_frame=frames).filter("format", "yuv420p")


def write(stream: ffmpeg.nodes.Stream, folder: Path) -> Path:
    output = ffmpeg.output(stream, "film.mp4", vcodec="libx264", preset="ultrafast", crf=10)
    run = run_ffmpeg(output, folder)
    assert run.status == 0, run.errors
    return folder / "film.mp4"


def check_cover(shots: list[Shot], count: int) -> None:
    """Shots are numbered, follow each other without gaps and cover the title."""
    assert [shot.index for shot in shots] == list(range(len(shots)))
    assert (shots[0].start_frame, shots[0].transition) == (0, "start")
    assert shots[-1].end_frame == count
    for before, after in pairwise(shots):
        assert before.end_frame == after.start_frame > before.start_frame


@pytest.mark.parametrize("fps", NTSC)
def test_cuts_are_exact_at_every_rate(
    fps: Fraction, tmp_path: Path, small_frames: Decode, transnet: TransNet
) -> None:
    kinds = ["testsrc", "mandelbrot", "smptebars", "testsrc2", "rgbtestsrc"]
    lengths = [40, 31, 52, 27, 33]
    parts = [source(kind, fps, length) for kind, length in zip(kinds, lengths, strict=True)]
    film = write(ffmpeg.concat(*parts), tmp_path)
    frames = small_frames(film, fps)
    shots = detect(frames, fps, SETTINGS, transnet)
    assert len(frames) == sum(lengths)
    check_cover(shots, len(frames))
    assert [shot.start_frame for shot in shots] == [0, 40, 71, 123, 150]
    assert {shot.transition for shot in shots[1:]} == {"cut"}


def test_a_dissolve_is_one_gradual_boundary(
    tmp_path: Path, small_frames: Decode, transnet: TransNet
) -> None:
    fps = Fraction(25)
    parts = [source(kind, fps, 75) for kind in ("smptebars", "testsrc2")]
    film = write(ffmpeg.filter(parts, "xfade", transition="fade", duration=0.8, offset=2), tmp_path)
    frames = small_frames(film, fps)
    shots = detect(frames, fps, SETTINGS, transnet)
    check_cover(shots, len(frames))
    assert [shot.transition for shot in shots] == ["start", "gradual"]
    assert abs(shots[1].start_frame - 60) <= 3
    assert 10 <= shots[1].transition_frames <= 26


def test_a_single_shot_and_a_single_frame(transnet: TransNet) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (1, 27, 48, 3)).astype(np.uint8)
    for count in (1, 2, 7, 60):
        frames = np.repeat(picture, count, axis=0)
        shots = detect(frames, Fraction(24), SETTINGS, transnet)
        assert shots == [Shot(0, 0, count, "start")]


def test_flashes_and_a_fade_through_white_of_a_film(
    tmp_path: Path, small_frames: Decode, transnet: TransNet
) -> None:
    fps = Fraction(25)
    flash = "+".join(f"between(n,{at},{at + length - 1})" for at, length in FLASHES)
    white = {"color": "white", "t": "fill", "enable": flash}
    one = source("testsrc2", fps, 150).filter("drawbox", **white)
    one = one.filter("fade", "out", 140, 10, color="white")
    other = source("mandelbrot", fps, 60).filter("fade", "in", 0, 10, color="white")
    frames = small_frames(write(ffmpeg.concat(one, other), tmp_path), fps)
    [_, second] = detect(frames, fps, SETTINGS, transnet)
    assert second.transition == "gradual"
    assert abs(second.start_frame - 150) <= 2
    assert abs(second.transition_frames - 20) <= 4


def test_flashes_in_a_shot_of_a_film(
    media: Path, tmp_path: Path, small_frames: Decode, transnet: TransNet
) -> None:
    film = ffmpeg.input(str(media / "big_buck_bunny_360p.mp4"), ss=3060 / 24).video
    flash = "+".join(f"between(n,{at},{at + length - 1})" for at, length in FLASHES)
    flashing = film.filter("drawbox", color="white", t="fill", enable=flash)
    path = write(flashing.filter("trim", end_frame=160), tmp_path)
    shots = detect(small_frames(path, Fraction(24)), Fraction(24), SETTINGS, transnet)
    assert shots == [Shot(0, 0, 160, "start")]


def test_without_refinement_the_network_is_not_asked(transnet: TransNet) -> None:
    def refuse(frames: NDArray[np.uint8]) -> None:
        raise AssertionError("asked")

    frames = np.random.default_rng(0).integers(0, 256, (30, 27, 48, 3)).astype(np.uint8)
    settings = ShotSettings(refine=False)
    shots = detect(frames, Fraction(24), settings, refuse)  # type: ignore[arg-type]
    check_cover(shots, 30)


def test_the_network_is_not_asked_where_the_picture_stays() -> None:
    film = np.concatenate([shot(1, 60), shot(2, 60)])
    change = np.zeros(len(film), np.float32)
    uncertain = np.zeros(len(film), np.bool_)
    uncertain[[30, 60]] = True
    candidates = Candidates(change, np.zeros_like(uncertain), uncertain)
    assert uncertain_spans(candidates, without_bars(film)) == [(58, 63)]


def test_reviewed_cuts_of_a_film(
    media: Path, tmp_path: Path, small_frames: Decode, transnet: TransNet
) -> None:
    """The first minute of Big Buck Bunny, copied without decoding up to a key frame."""
    film, fps, count = media / "big_buck_bunny_360p.mp4", Fraction(24), 1500
    reviewed = json.loads((media / "big_buck_bunny_cuts_first_half.json").read_text())
    start = ffmpeg.input(str(film), t=float(count / fps))
    run_ffmpeg(ffmpeg.output(start.video, "film.mp4", c="copy"), tmp_path)
    frames = small_frames(tmp_path / "film.mp4", fps)
    shots = detect(frames, fps, SETTINGS, transnet)
    check_cover(shots, len(frames))
    expected = [cut for cut in reviewed["hard"] if cut < len(frames)]
    assert [shot.start_frame for shot in shots[1:]] == expected
    assert detect(frames, fps, SETTINGS, transnet) == shots
