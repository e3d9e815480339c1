"""Faces are turned upright for the network, which tells people of a film apart."""

import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from indexer.errors import ReelfindError
from indexer.framing.faces import Face
from indexer.who.embedder import PLACES, SIZE, WIDTH, load_embedder, straightened


def face_of(points: np.ndarray[Any, np.dtype[np.float64]], size: tuple[int, int]) -> Face:
    parts = points / size
    (left, top), (right, bottom) = parts.min(axis=0), parts.max(axis=0)
    return Face(left, top, right, bottom, 1.0, tuple(parts.ravel().tolist()))


@pytest.mark.parametrize(("turn", "scale"), [(0.0, 1.0), (0.5, 0.7), (-0.4, 4.0)])
def test_a_face_is_turned_upright(turn: float, scale: float) -> None:
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = (PLACES - 75) @ turned.T * scale + [400, 380]
    image = Image.new("RGB", (800, 700))
    draw = ImageDraw.Draw(image)
    for x, y in points:
        reach = 4 * scale
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), "white")
    found = straightened(np.asarray(image), face_of(points, image.size))
    assert found.shape == (SIZE, SIZE, 3)
    for x, y in PLACES:
        assert found[round(y), round(x)].min() > 200
    assert found[10].max() == 0


def test_what_to_install_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(ReelfindError, match=r"pip install 'reelfind\[who\]'`"):
        load_embedder()


def test_the_network_embeds_a_face_the_same_each_time() -> None:
    pytest.importorskip("dlib", reason="needs the extra who: pip install 'reelfind[who]'")
    embedder = load_embedder()
    rng = np.random.default_rng(2)
    pictures = [
        np.asarray(Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8)).resize((SIZE, SIZE)))
        for _ in range(2)
    ]
    face = face_of(PLACES, (SIZE, SIZE))
    one, other = (embedder.embed(each, [face])[0] for each in pictures)
    (again,) = embedder.embed(pictures[0], [face])
    assert one.shape == (WIDTH,)
    assert np.array_equal(one, again)
    assert np.linalg.norm(one - other) > 0
    assert embedder.embed(pictures[0], []).shape == (0, WIDTH)
