"""Which titles are decoded again when frames count from the first picture, and their text."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from indexer.artefacts import read_timed_text
from indexer.executors.local import run_stages
from indexer.listener import Silence
from indexer.models import Models
from indexer.pipeline_sections import DecodeSettings
from indexer.probe import probe
from indexer.records import Media, Metadata, Title
from indexer.settings import Settings
from indexer.stages import decode, text
from indexer.stages.base import TitleFolder
from indexer.stages.work import TitleWork
from indexer.timings import Timings
from tests.indexer.barcodes import FILMS
from tests.indexer.made_films import about


def work_on(media: Media, folder: Path, settings: Settings | None = None) -> TitleWork:
    title = Title("id", media, Metadata("Film"))
    settings = settings or Settings()
    return TitleWork(title, settings, TitleFolder(folder), Models(settings), lambda _: None)


def test_only_titles_whose_frames_move_are_decoded_again(tmp_path: Path) -> None:
    before = {"fps": "25", "stills_per_second": 2.0, "still_size": 252}
    film = about(Path("film.mp4"))
    assert decode.DECODE.settings(work_on(film, tmp_path)) == before
    assert decode.DECODE.settings(work_on(replace(film, origin=Fraction(7)), tmp_path)) == before
    # Less than a quarter of a frame has always been rounded away.
    near = replace(film, picture_start=Fraction(5, 1000))
    assert decode.DECODE.settings(work_on(near, tmp_path)) == before
    late = replace(film, picture_start=Fraction(21, 1000))
    assert decode.DECODE.settings(work_on(late, tmp_path)) == {
        **before,
        "picture_start": "21/1000",
    }
    strict = Settings(decode=DecodeSettings(longest_hold=20))
    assert decode.DECODE.settings(work_on(film, tmp_path, strict))["longest_hold"] == 20
    # Where pictures are decoded, and in how much memory, makes no other frames.
    elsewhere = Settings(decode=DecodeSettings(hardware="off", memory=1))
    assert decode.DECODE.settings(work_on(film, tmp_path, elsewhere)) == before


def test_lines_are_on_screen_with_the_picture_that_a_player_shows_then(tmp_path: Path) -> None:
    """A sidecar's times count from the start of the file, half a second before frame 0."""
    film = FILMS["mkv late"](tmp_path)
    film.with_suffix(".srt").write_text(
        "1\n00:00:00,100 --> 00:00:00,300\nBefore\n\n"
        "2\n00:00:00,200 --> 00:00:01,000\nOver it\n\n"
        "3\n00:00:02,000 --> 00:00:03,000\nAfter\n"
    )
    media = probe(film)
    work = work_on(media, tmp_path / "title")
    timings = Timings(tmp_path / "timings.json")
    run_stages(work, (decode.DECODE, text.TEXT), True, Silence(), timings)
    lines = read_timed_text(work.folder.stage(text.NAME, work.keys[text.NAME])).lines
    late = float(media.picture_start)
    assert [line.text for line in lines] == ["Over it", "After"]
    times = [time for line in lines for time in (line.start, line.end)]
    assert times == pytest.approx([0.0, 1.0 - late, 2.0 - late, 3.0 - late])
