import numpy as np
import pytest

from indexer.shots.compare import BLANK, without_bars
from tests.indexer.shots.pictures import blend, shot, with_bars


def test_a_shot_is_like_itself_in_any_light_and_no_other_shot_is() -> None:
    frames = shot(1, 12)
    bright = np.clip(frames[5:7] * 1.5 + 30, 0, 255).astype(np.uint8)
    red = (frames[7:9] * np.array([1.0, 0.3, 0.3])).astype(np.uint8)
    film = np.concatenate([frames[:5], bright, red, shot(2, 1)])
    compared = without_bars(film).compare(0, len(film))
    assert compared.same(0.6)[0].tolist() == [True] * 9 + [False]
    assert compared.relit(4, 5)
    assert not compared.relit(0, 4)
    assert not compared.relit(8, 9)


def test_one_picture_is_a_shot_whose_frames_are_nearly_the_same() -> None:
    frames = shot(1, 2)
    film = np.concatenate([frames, frames + 3, shot(2, 1), frames, blend(frames, "white", 0.2)])
    picture = without_bars(film)
    assert picture.compare(0, 4).one_picture()
    assert not picture.compare(0, 6).one_picture()
    assert not picture.compare(5, 9).one_picture()


def test_blank_frames_are_alike_in_one_colour_only() -> None:
    film = np.concatenate([blend(shot(1, 2), name, 1) for name in ("white", "black", "red")])
    compared = without_bars(film).compare(0, len(film))
    assert compared.blank.all()
    assert compared.same(0.6).tolist() == np.kron(np.eye(3), np.ones((2, 2))).astype(bool).tolist()


def test_distance_is_the_mean_absolute_difference_of_blocks() -> None:
    film = np.full((3, 27, 48, 3), 100, np.uint8)
    film[1] = 110
    film[2, :, :24] = 140
    distance = without_bars(film).compare(0, 3).distance
    assert distance.tolist() == [[0, 10, 20], [10, 0, 20], [20, 20, 0]]


@pytest.mark.parametrize("colour", ["white", "black", "red"])
def test_bars_do_not_count(colour: str) -> None:
    film = np.concatenate([shot(1, 30), blend(shot(1, 2), colour, 1), shot(2, 30)])
    picture = without_bars(with_bars(film))
    assert (picture.rows, picture.columns) == (slice(5, 22), slice(0, 48))
    compared = picture.compare(29, 33)
    assert not compared.same(0.6)[0, -1]
    assert compared.blank.tolist() == [False, True, True, False]


def test_contrast_is_the_deviation_from_each_colours_mean() -> None:
    film = np.concatenate([shot(3, 1100), blend(shot(3, 1), "red", 1)])
    contrast = without_bars(film).contrast()
    assert contrast[1050] == pytest.approx(film[1050].std(axis=(0, 1)).mean(), rel=1e-4)
    assert contrast[1050] > BLANK > contrast[-1]


def test_a_black_film_is_compared_whole() -> None:
    picture = without_bars(np.zeros((5, 27, 48, 3), np.uint8))
    assert picture[0:5].shape == (5, 27, 48, 3)
