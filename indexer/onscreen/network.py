"""PP-OCRv6 small (PaddlePaddle, 2026): one network finds lines of text, another reads them.

Their weights come with the package ``rapidocr``, whose code is not imported: it would fetch
missing weights from the network, and reads pictures one size only.
"""

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PIL import Image

from indexer.onscreen.boxes import boxes_in
from indexer.onscreen.records import Box
from indexer.packaged_models import PP_OCR_V6

FINDS, READS = PP_OCR_V6.files

_STRIDE = 32
"""The sides of a picture are multiples of it."""
_HEIGHT = 48
"""Of a line as the network sees it."""
_LONGEST = 25
"""Width by height of a line that is read: longer ones take most of the time and come out worst."""


class TextNetwork:
    """Finds and reads lines. Thread-safe; each call takes one core."""

    def __init__(self) -> None:
        self._finds, self._reads = (_session(file) for file in (FINDS, READS))
        letters = self._reads.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._letters = ["", *letters, " "]
        """By class: the first stands for no letter."""

    def find(self, picture: Image.Image, side: int) -> list[Box]:
        """Return the places of lines in a picture, from top to bottom.

        Args:
            picture: in RGB.
            side: pixels of the shorter side as the network sees it.
        """
        scale = side / min(picture.size)
        width, height = (max(1, round(each * scale / _STRIDE)) * _STRIDE for each in picture.size)
        pixels = _pixels(picture.resize((width, height), Image.Resampling.BILINEAR))
        (probability,) = self._finds.run(None, {"x": pixels})
        return boxes_in(probability[0, 0])

    def read(self, picture: Image.Image, box: Box) -> tuple[str, float]:
        """Return the line in a box and how certain it is, 0 to 1; "" and 0 if it reads none."""
        wide, high = picture.size
        place = (box.left * wide, box.top * high, box.right * wide, box.bottom * high)
        width, height = place[2] - place[0], place[3] - place[1]
        if height < 1 or not 0 < width <= _LONGEST * height:
            return "", 0.0
        size = max(_HEIGHT // 2, round(_HEIGHT * width / height)), _HEIGHT
        line = picture.resize(size, Image.Resampling.BICUBIC, place)
        (likely,) = self._reads.run(None, {"x": _pixels(line)})
        return self._text(likely[0])

    def _text(self, likely: NDArray[np.float32]) -> tuple[str, float]:
        """Return the best path's letters (CTC, Graves et al. 2006) and their mean probability."""
        best = likely.argmax(axis=1)
        starts = (best > 0) & np.concatenate([[True], best[1:] != best[:-1]])
        if not starts.any():
            return "", 0.0
        text = "".join(self._letters[each] for each in best[starts])
        return text.strip(), float(likely[starts, best[starts]].mean())


def _session(file: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    path = str(PP_OCR_V6.file(file))
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _pixels(picture: Image.Image) -> NDArray[np.float32]:
    """Return a picture as both networks take it: [1, BGR, height, width], -1 to 1."""
    pixels = np.asarray(picture, dtype=np.float32)[:, :, ::-1] / 127.5 - 1
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])
