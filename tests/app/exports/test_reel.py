"""A rendered reel, read back by ffmpeg's libraries and compared with the films it is made of."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from app.exports import overlays
from app.exports.cut import make_cut
from app.exports.records import ExportError
from app.exports.reel import ReelOptions, render
from app.shortlists.records import Item, Shortlist
from indexer.catalogue import Catalogue
from indexer.records import Media
from tests.app.exports.conftest import FRAMES, KINDS, SPANS, Cutting, Filmed, enter, make_film

Picture = NDArray[np.int16]


def pictures(path: Path) -> Iterator[tuple[Fraction, Picture]]:
    """Yield each frame's time in seconds and its picture."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            yield frame.pts * frame.time_base, frame.to_ndarray(format="rgb24").astype(np.int16)


def on_grid(media: Media) -> list[Picture]:
    """Return a film's frames on its grid, by the rule of the decode pass, decoded in order."""
    shown = list(pictures(media.path))
    places = [int(time * media.fps + Fraction(1, 2)) for time, _ in shown]
    held = np.searchsorted(places, np.arange(FRAMES), side="right") - 1
    return [shown[index][1] for index in held]


def distances(picture: Picture, film: Sequence[Picture]) -> NDArray[np.float64]:
    return np.array([np.abs(picture - each)[::3, ::3].mean() for each in film])


@pytest.mark.parametrize("kind", ["23.976", "25", "29.97 drop", "variable"])
def test_every_frame_is_the_sources(
    kind: str, cut_of: Cutting, film: Filmed, tmp_path: Path
) -> None:
    cut = cut_of(kind)
    render(cut, tmp_path / "reel.mp4", ReelOptions(crf=12))
    reel = list(pictures(tmp_path / "reel.mp4"))
    assert [time for time, _ in reel] == [frame / cut.fps for frame in range(cut.frames)]
    source = on_grid(film(kind))
    expected = [frame for start, end in SPANS for frame in range(start, end)]
    for (_, picture), frame in zip(reel, expected, strict=True):
        far = distances(picture, source)
        assert far[frame] < 3
        # Held pictures of a variable rate are alike; no other comes nearer.
        assert far[frame] <= far.min() + 0.2, (frame, far.argmin())


def test_a_reel_says_its_rate_and_timecode_and_is_heard(cut_of: Cutting, tmp_path: Path) -> None:
    cut = cut_of("29.97 drop")
    render(cut, tmp_path / "reel.mp4")
    with av.open(str(tmp_path / "reel.mp4")) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert video.average_rate == cut.fps
        assert video.frames == cut.frames
        assert video.metadata["timecode"] == "01:00:00;00"
        heard = np.concatenate([f.to_ndarray() for f in container.decode(sound)], axis=1)
    # A tone of 440 Hz throughout, as long as the picture to a block of AAC.
    assert abs(heard.shape[1] - cut.frames / cut.fps * 48_000) < 1024
    spectrum = np.abs(np.fft.rfft(heard[0]))
    assert spectrum.argmax() * 48_000 / heard.shape[1] == pytest.approx(440, abs=2)


def test_other_rates_and_shapes_are_brought_to_the_sequences(
    catalogue: Catalogue, film: Filmed, tmp_path: Path
) -> None:
    """A second of 25 becomes 24 frames of 23.976; a square is bordered in black."""
    enter(catalogue, "film", film("23.976"))
    square = make_film(tmp_path / "square.mp4", KINDS["25"], "128x128")
    enter(catalogue, "square", square)
    items = (Item("film", 0, 48), Item("square", 25, 50), Item("film", 50, 51))
    cut = make_cut(catalogue, Shortlist("s1", "Mixed", 1, items))
    assert (cut.fps, cut.width, cut.height) == (Fraction(24000, 1001), 320, 180)
    assert [event.record_end for event in cut.events] == [48, 72, 73]
    render(cut, tmp_path / "reel.mp4", ReelOptions(crf=12))
    reel = [picture for _, picture in pictures(tmp_path / "reel.mp4")]
    assert len(reel) == 73
    assert reel[48][:, :60].max() < 12
    assert reel[48][:, 130:190].max() > 100
    source = on_grid(film("23.976"))
    assert distances(reel[47], source).argmin() == 47
    assert distances(reel[72], source).argmin() == 50


def test_timecode_and_slate_are_written(cut_of: Cutting, tmp_path: Path) -> None:
    if not overlays.can_write_text():
        pytest.skip("this ffmpeg writes no text")
    cut = cut_of("25", spans=[(0, 5)])
    render(cut, tmp_path / "plain.mp4")
    render(cut, tmp_path / "burnt.mp4", ReelOptions(timecode=True, slate=True))
    plain = [picture for _, picture in pictures(tmp_path / "plain.mp4")]
    burnt = [picture for _, picture in pictures(tmp_path / "burnt.mp4")]
    assert len(burnt) == 75 + 5
    assert np.abs(burnt[75] - plain[0])[:120].mean() < 3
    assert np.abs(burnt[75] - plain[0])[150:].mean() > 10
    with av.open(str(tmp_path / "burnt.mp4")) as container:
        assert container.streams.video[0].metadata["timecode"] == "00:59:57:00"
    # White letters on black.
    assert burnt[0].max() > 200
    assert np.median(burnt[0]) < 20


def test_no_text_without_the_filter_is_told(
    cut_of: Cutting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlays, "can_write_text", lambda: False)
    with pytest.raises(ExportError, match="without the filter drawtext; leave out"):
        render(cut_of("25"), tmp_path / "reel.mp4", ReelOptions(slate=True))
    assert not list(tmp_path.glob("*reel*"))


def test_a_stopped_reel_leaves_nothing(cut_of: Cutting, tmp_path: Path) -> None:
    told: list[float] = []

    def stop(share: float) -> None:
        told.append(share)
        if share > 0.5:
            raise KeyboardInterrupt

    (tmp_path / "reel.mp4").write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        render(cut_of("25"), tmp_path / "reel.mp4", progress=stop)
    assert told == sorted(told)
    assert (tmp_path / "reel.mp4").read_bytes() == b"before"
    assert not list(tmp_path.glob(".reel*"))


def test_a_moved_film_is_told(catalogue: Catalogue, tmp_path: Path) -> None:
    media = make_film(tmp_path / "gone.mp4", KINDS["25"], frames=10)
    enter(catalogue, "gone", media, 10)
    cut = make_cut(catalogue, Shortlist("s1", "Lost", 1, (Item("gone", 0, 5),)))
    media.path.unlink()
    with pytest.raises(ExportError, match=re.escape(f"{media.path}: the film of item 1 (Gone)")):
        render(cut, tmp_path / "reel.mp4")


def test_a_film_that_ends_early_is_told(catalogue: Catalogue, tmp_path: Path) -> None:
    media = make_film(tmp_path / "short.mp4", KINDS["25"], frames=30)
    enter(catalogue, "short", media, 90)
    cut = make_cut(catalogue, Shortlist("s1", "Long", 1, (Item("short", 20, 60),)))
    with pytest.raises(ExportError, match="frames 20 to 60 could not all be decoded"):
        render(cut, tmp_path / "reel.mp4")
