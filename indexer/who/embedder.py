"""Embeds faces with the residual network of dlib (King 2017, public domain).

Faces of one person lie less than about 0.6 apart. The network was trained on photographs of people:
of drawn animals it tells less.
"""

import threading
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from indexer.errors import ReelfindError
from indexer.framing.faces import Face
from indexer.packaged_models import DLIB_FACES

Pixels = NDArray[np.uint8]
"""RGB: [height, width, 3]."""
Vectors = NDArray[np.float32]

SIZE = 150
"""Pixels of the sides of the picture that the network takes."""
WIDTH = 128
"""Of an embedding."""
PLACES = np.array(
    [[47.5, 46.6], [100.5, 46.6], [74.0, 76.6], [50.4, 103.0], [97.6, 103.0]], np.float64
)
"""Where eyes, nose and mouth corners of a mean face lie in that picture, in pixels."""
_COARSE = 1.5
"""Pixels of a picture for one of the network's, from which it is made smaller first: otherwise most
of its pixels would be left out."""

_MISSING = (
    "who.enabled: recognising people needs two more packages; run `pip install 'reelfind[who]'` "
    "(there is none for Macs with Intel's processors)"
)


class Embedder(Protocol):
    """Embeds the faces of a picture."""

    def embed(self, picture: Pixels, faces: Sequence[Face]) -> Vectors:
        """Return an embedding of each face, [faces, d]."""
        ...


class DlibEmbedder:
    """The network with the weights of the installed package. Thread-safe: one face at a time."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._lock = threading.Lock()

    def embed(self, picture: Pixels, faces: Sequence[Face]) -> Vectors:
        """Return an embedding of each face, [faces, 128] float32."""
        found = np.empty((len(faces), WIDTH), np.float32)
        for place, face in enumerate(faces):
            upright = straightened(picture, face)
            with self._lock:
                found[place] = self._network.compute_face_descriptor(upright)
        return found


def load_embedder() -> DlibEmbedder:
    """Return the embedder with the weights of the installed package.

    Raises:
        ReelfindError: a package is missing, or its file is not the reviewed one.
    """
    try:
        import dlib  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise ReelfindError(_MISSING) from error
    (weights,) = map(DLIB_FACES.file, DLIB_FACES.files)
    return DlibEmbedder(dlib.face_recognition_model_v1(str(weights)))


def straightened(picture: Pixels, face: Face) -> Pixels:
    """Return a face turned upright and scaled as the network takes it, [150, 150, 3] RGB."""
    image = Image.fromarray(picture)
    shown = _similarity(face, image.size)
    scale = float(np.hypot(shown[0], shown[3]))
    if scale > _COARSE:
        smaller = max(1, round(image.width / scale)), max(1, round(image.height / scale))
        image = image.resize(smaller, Image.Resampling.BOX)
        shown = _similarity(face, smaller)
    size = (SIZE, SIZE)
    return np.asarray(
        image.transform(size, Image.Transform.AFFINE, shown, Image.Resampling.BILINEAR)
    )


def _similarity(face: Face, size: tuple[int, int]) -> tuple[float, ...]:
    """Return the rotation, scale and shift from ``PLACES`` to a face, by least squares.

    The six numbers are those of an affine transform as Pillow takes it.
    """
    landmarks = np.array(face.landmarks).reshape(5, 2) * size
    x, y = PLACES.T
    one, none = np.ones_like(x), np.zeros_like(x)
    across = np.stack([x, -y, one, none], axis=1)
    down = np.stack([y, x, none, one], axis=1)
    sides = np.concatenate([landmarks[:, 0], landmarks[:, 1]])
    (a, b, right, below), *_ = np.linalg.lstsq(np.concatenate([across, down]), sides, rcond=None)
    return float(a), float(-b), float(right), float(b), float(a), float(below)
