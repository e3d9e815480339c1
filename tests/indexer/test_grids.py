"""Where a frame of one grid lies on another, against a slow look at the pictures shown."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from indexer.catalogue import Catalogue
from indexer.errors import ReelfindError
from indexer.grids import Distance, Grid, GridChange, grid_of
from indexer.indexing import Indexer
from indexer.listener import Silence
from indexer.models import Models
from indexer.records import Breaks, Gap
from indexer.request import Request
from indexer.settings import load_settings
from tests.indexer.made_films import about

NTSC = Fraction(30000, 1001)


def pictures(grid: Grid, times: list[Fraction], count: int) -> list[int]:
    """Return the number of the picture on each frame of a grid, by the rule of the decode pass.

    ``times`` are when pictures are shown, in seconds of the file.
    """
    places = [int(grid.place(time) + Fraction(1, 2)) for time in times]
    return [
        max((n for n, place in enumerate(places) if place <= at), default=0) for at in range(count)
    ]


def comparing(old: list[int], new: list[int]) -> Distance:
    def distance(one: int, other: int) -> float | None:
        if one >= len(old) or other >= len(new):
            return None
        return 10.0 * abs(old[one] - new[other])

    return distance


def test_a_remux_that_begins_late_is_a_shift_of_its_frames() -> None:
    late = Grid(Fraction(24), Fraction(42, 1000))
    change = GridChange("t", Grid(Fraction(24)), late, 60)
    assert [change.frame(frame) for frame in (0, 1, 2, 60)] == [
        *((0, True), (0, True), (1, True), (59, True))
    ]
    assert change.span(11, 21) == (10, 20, True)
    assert change.span(0, 1) == (0, 1, True), "no item loses all its frames"
    assert change.times(11 / 24, 21 / 24) == (10 / 24, 20 / 24)


def test_a_broadcast_stream_is_moved_by_fourteen_frames() -> None:
    change = GridChange("t", Grid(Fraction(25)), Grid(Fraction(25), Fraction(56, 100)), 250)
    assert change.span(14, 264) == (0, 250, True)
    # Between frames, by time.
    assert change.times(1.01, 2.02) == pytest.approx((0.45, 1.46))


@pytest.mark.parametrize("late", [Fraction(0), Fraction(21, 1000), Fraction(1, 2)])
def test_pictures_of_jittering_times_are_found_on_another_rate(late: Fraction) -> None:
    jitter = [Fraction((7 * n) % 13 - 6, 1000) for n in range(250)]
    times = [late + n / NTSC + jitter[n] + Fraction(6, 1000) for n in range(250)]
    old, new = Grid(Fraction(48)), Grid(NTSC, times[0])
    before = pictures(old, times, 401)
    after = pictures(new, times, 250)
    change = GridChange("t", old, new, 250, comparing(before, after))
    for frame in range(int(late * 48) + 1, 395):
        at, sure = change.frame(frame)
        assert sure
        assert after[at] == before[frame]


def test_a_gap_that_is_left_out_now_moves_what_comes_after_it() -> None:
    old = Grid(Fraction(25))
    new = Grid(Fraction(25), gaps=((Fraction(4), Fraction(3600)),))
    change = GridChange("t", old, new, 200)
    assert change.frame(100)[0] == 100
    assert change.frame(90_000 + 101)[0] == 101
    assert change.frame(45_000)[0] == 100, "within the gap, the picture before it"
    assert not change.frame(50)[1], "without the pictures nobody knows"
    back = GridChange("t", new, old, 90_200)
    assert [back.frame(at)[0] for at in (50, 100, 101)] == [50, 100, 90_101]


def test_another_stream_or_a_clock_set_anew_is_sure_only_by_the_pictures() -> None:
    old = Grid(Fraction(25))
    for new in (Grid(Fraction(25), stream=1), Grid(Fraction(25), restarts=True)):
        assert GridChange("t", old, new, 100).frame(50) == (50, False)
        assert GridChange("t", old, new, 100, lambda *_: 0.0).frame(50) == (50, True)


def test_a_grid_is_in_seconds_of_the_file_whatever_its_timestamps_begin_at() -> None:
    media = about(Path("a.ts"), Fraction(25))
    media = replace(media, origin=Fraction(150), picture_start=Fraction(1, 2))
    gap = Gap(Fraction(160), Fraction(200), Fraction(40) - Fraction(1, 25))
    grid = grid_of(media, Breaks(gaps=(gap,)))
    # 10 s after the first picture, which is half a second after the file's start.
    assert grid.gaps == ((Fraction(21, 2), gap.length),)
    assert grid.moment(Fraction(250)) == Fraction(21, 2)
    assert grid.moment(Fraction(251)) == Fraction(21, 2) + 40
    assert grid.place(grid.moment(Fraction(251))) == 251


def test_what_is_not_the_same_picture_is_not_sure() -> None:
    change = GridChange("t", Grid(Fraction(24)), Grid(Fraction(24), Fraction(1)), 100, lambda *_: 9)
    assert change.span(30, 40) == (6, 16, False)


class Moved:
    """Remembers what is moved, or cannot be written."""

    def __init__(self, error: ReelfindError | None = None) -> None:
        self.changes: list[GridChange] = []
        self._error = error

    def move(self, change: GridChange) -> None:
        if self._error is not None:
            raise self._error
        self.changes.append(change)


def test_indexing_moves_what_was_made_before_it_notes_the_title(
    indexed: Path, films: Path, models: Models
) -> None:
    catalogue = Catalogue(indexed)
    known = catalogue.find("carphone.mp4")
    media = replace(known.title.media, fps=Fraction(60))
    before = replace(known, title=replace(known.title, media=media))
    catalogue.write_manifest(before)

    def index(spans: Moved) -> str | None:
        settings = load_settings(indexed)
        indexer = Indexer(catalogue, settings, Silence(), models=models, spans=spans)
        (title,) = indexer.run(Request((films / "carphone.mp4",))).titles
        return title.error

    away = ReelfindError("reelfind.db: cannot be written; free some space")
    assert index(Moved(away)) == str(away)
    assert catalogue.find("carphone.mp4") == before
    spans = Moved()
    assert index(spans) is None
    (change,) = spans.changes
    assert (change.old.fps, change.new.fps) == (Fraction(60), known.title.media.fps)
    assert change.frame_count == known.frame_count
    assert catalogue.find("carphone.mp4") == known
    assert index(spans) is None
    assert len(spans.changes) == 1
