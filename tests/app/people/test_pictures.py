"""Pictures of faces: square, around the face, and within the still."""

import io
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image

from app.people.pictures import SIDE, face_picture
from app.people.records import FacesOfTitle
from indexer.library import IndexedTitle


class OneStill:
    """A title with one still: red in its upper left quarter, otherwise green."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "still.jpg"
        pixels = np.full((200, 360, 3), (0, 255, 0), np.uint8)
        pixels[:100, :180] = (255, 0, 0)
        Image.fromarray(pixels).save(self._path, quality=95)

    def still(self, frame: int) -> Path | None:
        return self._path if frame == 7 else None


@pytest.mark.parametrize(
    "box", [(0.0, 0.0, 0.1, 0.2), (0.9, 0.8, 1.0, 1.0), (0.4, 0.0, 0.6, 1.0), (0.4, 0.4, 0.6, 0.6)]
)
def test_a_picture_is_square_and_within_the_still(tmp_path: Path, box: Any) -> None:
    title = cast(IndexedTitle, OneStill(tmp_path))
    group = FacesOfTitle(title_id="a", number=0, faces=2, shots=1, frame=7, box=box)
    picture = face_picture(title, group)
    assert picture is not None
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (SIDE, SIDE)
        assert np.asarray(image).max(axis=2).min() > 60
    gone = group.model_copy(update={"frame": 8})
    assert face_picture(title, gone) is None
