"""Faces that YuNet finds, beside those that OpenCV's own code for it finds."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from indexer.catalogue import Catalogue
from indexer.framing.detector import LEAST, FaceDetector, Pixels, load_detector
from indexer.library import Library
from indexer.packaged_models import YUNET


@cache
def detector() -> FaceDetector:
    return load_detector()


@pytest.fixture(scope="module")
def driver(indexed_once: Path) -> Pixels:
    """A still of a man who talks in a car."""
    title = Library(Catalogue(indexed_once)).find("carphone")
    path = title.still(title.still_frames(0, 10**6)[1])
    assert path is not None
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_faces_are_those_of_the_reference(driver: Pixels) -> None:
    height, width = (side // 32 * 32 for side in driver.shape[:2])
    frame = driver[:height, :width]
    (weights,) = map(YUNET.file, YUNET.files)
    reference = cv2.FaceDetectorYN.create(str(weights), "", (width, height), LEAST, 0.3)
    _, expected = reference.detect(np.ascontiguousarray(frame[..., ::-1]))
    found = detector().find(frame)
    assert len(found) == len(expected) >= 1
    size = np.array([width, height])
    for face, row in zip(found, sorted(expected, key=lambda row: -row[14]), strict=True):
        box = np.array([face.left, face.top, face.right, face.bottom]).reshape(2, 2) * size
        assert box[0] == pytest.approx(row[:2], abs=0.5)
        assert box[1] - box[0] == pytest.approx(row[2:4], abs=0.5)
        landmarks = np.array(face.landmarks).reshape(5, 2) * size
        assert landmarks.ravel() == pytest.approx(row[4:14], abs=0.5)
        assert face.score == pytest.approx(row[14], abs=0.01)


@pytest.mark.parametrize("scale", [0.5, 2.3])
def test_a_face_is_found_in_pictures_of_all_sizes(driver: Pixels, scale: float) -> None:
    (face, *_) = detector().find(driver)
    size = (round(driver.shape[1] * scale), round(driver.shape[0] * scale))
    (other, *_) = detector().find(np.asarray(Image.fromarray(driver).resize(size)))
    for side in ("left", "top", "right", "bottom"):
        assert getattr(other, side) == pytest.approx(getattr(face, side), abs=0.04)


@pytest.mark.parametrize("shape", [(1, 1), (252, 448), (90, 33)])
def test_there_is_no_face_in_black(shape: tuple[int, int]) -> None:
    assert detector().find(np.zeros((*shape, 3), np.uint8)) == []
