"""Which stills are read, and what is read in them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.models import Models
from indexer.onscreen.edges import may_have_text, read_grey, show_the_same
from indexer.onscreen.reading import Reader, thinned
from indexer.onscreen.records import ReadShot
from indexer.onscreen.table import read_text, write_text
from indexer.onscreen.values import texts_of
from indexer.pipeline_sections import OnScreenSettings
from tests.indexer.onscreen.drawn import SIZE, card, save

FPS = 24.0
BLANK = Image.new("RGB", SIZE, (90, 110, 120))
CARD = card({"THE END": (0.5, 0.4), "of the beginning": (0.5, 0.6)})


def reader(folder: Path, models: Models, settings: OnScreenSettings | None = None) -> Reader:
    return Reader(
        lambda frame: folder / f"{frame}.jpg",
        lambda: models.text_network,
        OnScreenSettings() if settings is None else settings,
        FPS,
    )


def test_a_card_is_read_once_and_its_stills_are_known(tmp_path: Path, models: Models) -> None:
    save(tmp_path, {0: BLANK, 24: CARD, 48: CARD, 72: CARD, 96: BLANK})
    found = reader(tmp_path, models).read([0, 24, 48, 72, 96])
    assert texts_of(found.lines) == ["THE END", "of the beginning"]
    assert {line.frame for line in found.lines} == {24}
    assert [(each.frame, each.found) for each in found.stills] == [(24, 2), (48, 2), (72, 2)]
    assert min(line.score for line in found.lines) >= 0.8
    upper, lower = (line.box for line in found.lines)
    assert upper.top < 0.4 < upper.bottom
    assert lower.top < 0.6 < lower.bottom
    assert upper.left < 0.5 < upper.right


def test_stills_that_have_no_text_load_no_network(tmp_path: Path) -> None:
    save(tmp_path, {0: BLANK, 24: Image.radial_gradient("L").resize(SIZE).convert("RGB")})

    def none() -> object:
        raise AssertionError

    still = Reader(lambda frame: tmp_path / f"{frame}.jpg", none, OnScreenSettings(), FPS)  # type: ignore[arg-type]
    assert still.read([0, 24]) == ReadShot()


def test_what_is_read_has_a_limit(tmp_path: Path, models: Models) -> None:
    names = ["Ada Lovelace", "Grace Hopper", "Alan Turing", "Karen Jones", "Annie Easley"]
    lines = {name: (0.5, 0.1 + 0.18 * place) for place, name in enumerate(names)}
    save(tmp_path, {0: card(lines), 24: CARD, 48: BLANK})
    few = reader(tmp_path, models, OnScreenSettings(most_lines=2)).read([0, 24, 48])
    assert [line.frame for line in few.lines] == [0, 0]
    assert [(each.frame, each.found) for each in few.stills] == [(0, 5), (24, 0)]
    save(tmp_path, {1440: CARD})
    longer = reader(tmp_path, models, OnScreenSettings(most_lines=2)).read([0, 24, 1440])
    assert texts_of(longer.lines)[2:] == ["THE END", "of the beginning"]
    strict = reader(tmp_path, models, OnScreenSettings(least_score=1.0)).read([0])
    assert strict.lines == ()


def test_a_line_is_read_on_a_restless_picture(tmp_path: Path, models: Models) -> None:
    noise = np.random.default_rng(0).integers(60, 120, (*SIZE[::-1], 3), np.uint8)
    grey = Image.fromarray(noise)
    save(tmp_path, {0: card({"Miller & Sons, 1923": (0.3, 0.8)}, ground=grey)})
    assert texts_of(reader(tmp_path, models).read([0]).lines) == ["Miller & Sons, 1923"]


def test_edges_tell_text_from_plain_pictures(tmp_path: Path) -> None:
    save(tmp_path, {0: CARD, 1: BLANK, 2: card({"THE END": (0.5, 0.4)}), 3: CARD})
    grey = [read_grey(tmp_path / f"{frame}.jpg") for frame in range(4)]
    assert [may_have_text(each) for each in grey] == [True, False, True, True]
    assert show_the_same(grey[0], grey[3])
    assert not show_the_same(grey[0], grey[2])
    assert not show_the_same(grey[0], grey[0][:-1])
    for small in ((4, 400), (400, 4), (9, 40)):
        assert not may_have_text(np.zeros(small, np.uint8))


def test_larger_stills_are_looked_at_at_the_same_size(tmp_path: Path) -> None:
    save(tmp_path, {0: CARD.resize((4 * SIZE[0], 4 * SIZE[1]), Image.Resampling.LANCZOS)})
    grey = read_grey(tmp_path / "0.jpg")
    assert grey.shape == SIZE[::-1]
    assert may_have_text(grey)


@pytest.mark.parametrize(
    ("frames", "step", "kept"),
    [
        ([], 24, []),
        ([7], 24, [7]),
        ([0, 12, 24, 36, 48], 24, [0, 24, 48]),
        ([0, 12, 24, 36], 24, [0, 24]),
        ([12, 24, 36], 24, [24]),
        ([0, 12, 24], 1, [0, 12, 24]),
    ],
)
def test_stills_are_so_far_apart(frames: list[int], step: float, kept: list[int]) -> None:
    assert list(thinned(frames, step)) == kept


def test_tables_give_back_what_was_written(tmp_path: Path, models: Models) -> None:
    save(tmp_path, {0: CARD})
    read = [ReadShot(), reader(tmp_path, models).read([0]), ReadShot()]
    write_text(tmp_path, read)
    again = read_text(tmp_path, 3)
    assert again[0] == again[2] == ReadShot()
    assert again[1].stills == read[1].stills
    assert [each.text for each in again[1].lines] == [each.text for each in read[1].lines]
    assert again[1].lines[0].box.left == pytest.approx(read[1].lines[0].box.left)
