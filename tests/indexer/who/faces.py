"""An embedder that needs no weights: it tells people by the colour of their faces."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.framing.faces import Face
from indexer.models import Models
from indexer.settings import Settings


class ByColour:
    """Embeds the middle of a face as its mean colour, each channel from 0 to 1."""

    def embed(self, picture: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        height, width = picture.shape[:2]
        found = np.empty((len(faces), 3), np.float32)
        for place, face in enumerate(faces):
            x, y = (face.left + face.right) / 2 * width, (face.top + face.bottom) / 2 * height
            around = picture[max(0, int(y) - 4) : int(y) + 5, max(0, int(x) - 4) : int(x) + 5]
            found[place] = around.reshape(-1, 3).mean(axis=0) / 255
        return found


def colour_models(settings: Settings) -> Models:
    """Return networks of which the one that tells faces apart is ``ByColour``."""
    models = Models(settings)
    vars(models)["_face_embedder"] = ByColour()
    return models
