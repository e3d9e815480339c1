"""Finds faces with YuNet (Wu et al. 2023, doi:10.1007/s11633-023-1423-y)."""

import math
from collections.abc import Sequence

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PIL import Image

from indexer.framing.faces import Face
from indexer.packaged_models import YUNET

Pixels = NDArray[np.uint8]
"""RGB: [height, width, 3]."""
Values = NDArray[np.float32]

LEAST = 0.4
"""Score of the faces that are kept; settings can ask for more."""
_STRIDES = (8, 16, 32)
"""Pixels between the places of which each output says whether a face is there."""
_SHARED = 0.3
"""Part of the union of two boxes that both cover, from which they are one face."""
_AREA = 448 * 256
"""Pixels of a picture at most. Twice as many find no more; see ``docs/results/experiments.md``."""


class FaceDetector:
    """Faces of one picture at a time, on one core, so that results do not depend on how many."""

    def __init__(self, model: onnx.ModelProto) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            _any_size(model).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self._outputs = [each.name for each in self._session.get_outputs()]

    def find(self, frame: Pixels) -> list[Face]:
        """Return the faces of a picture, the surest first."""
        small = _shrunk(frame)
        height, width = small.shape[:2]
        # The network takes blue, green and red as they are, and sides that its strides divide.
        padded = np.zeros((1, 3, *(-(-side // 32) * 32 for side in (height, width))), np.float32)
        padded[0, :, :height, :width] = small[..., ::-1].transpose(2, 0, 1)
        values = self._session.run(None, {"input": padded})
        outputs = dict(zip(self._outputs, values, strict=True))
        found = [_at_stride(outputs, stride, padded.shape[3] // stride) for stride in _STRIDES]
        scores, boxes, landmarks = (np.concatenate(each) for each in zip(*found, strict=True))
        size = np.array([width, height], np.float32)
        parts = np.clip(boxes.reshape(-1, 2, 2) / size, 0, 1).reshape(-1, 4)
        landmarks = (landmarks.reshape(-1, 5, 2) / size).reshape(-1, 10)
        return [
            _face(parts[each].tolist(), float(scores[each]), landmarks[each].tolist())
            for each in _without_doubles(scores, boxes)
        ]


def load_detector() -> FaceDetector:
    """Return the detector with the weights of the installed package.

    Raises:
        ReelfindError: the package is missing, or its file is not the reviewed one.
    """
    (weights,) = map(YUNET.file, YUNET.files)
    return FaceDetector(onnx.load(weights))


def _face(box: Sequence[float], score: float, landmarks: Sequence[float]) -> Face:
    left, top, right, bottom = box
    return Face(left, top, right, bottom, score, tuple(landmarks))


def _any_size(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the network, which was exported for 640 x 640 pixels, for pictures of all sizes."""
    free = onnx.ModelProto()
    free.CopyFrom(model)
    sides = free.graph.input[0].type.tensor_type.shape.dim[2:]
    for side, name in zip(sides, ("height", "width"), strict=True):
        side.dim_param = name
    for output in free.graph.output:
        output.type.tensor_type.ClearField("shape")
    del free.graph.value_info[:]
    return free


def _shrunk(frame: Pixels) -> Pixels:
    scale = math.sqrt(_AREA / (frame.shape[0] * frame.shape[1]))
    if scale >= 1:
        return frame
    height, width = (max(1, round(side * scale)) for side in frame.shape[:2])
    return np.asarray(Image.fromarray(frame).resize((width, height), Image.Resampling.BOX))


def _at_stride(
    outputs: dict[str, Values], stride: int, columns: int
) -> tuple[Values, Values, Values]:
    """Return scores [n], boxes [n, 4] and landmarks [n, 10] in pixels, from one stride's places."""
    own = {name: outputs[f"{name}_{stride}"][0] for name in ("cls", "obj", "bbox", "kps")}
    scores = np.sqrt(np.clip(own["cls"], 0, 1) * np.clip(own["obj"], 0, 1))[:, 0]
    (places,) = np.nonzero(scores >= LEAST)
    row, column = np.divmod(places, columns)
    corner = np.stack([column, row], axis=1).astype(np.float32)
    middle = (corner + own["bbox"][places, :2]) * stride
    half = np.exp(own["bbox"][places, 2:]) * stride / 2
    landmarks = (np.tile(corner, 5) + own["kps"][places]) * stride
    return scores[places], np.concatenate([middle - half, middle + half], axis=1), landmarks


def _without_doubles(scores: Values, boxes: Values) -> list[int]:
    """Return which boxes are faces of their own, the surest first (non-maximum suppression)."""
    kept: list[int] = []
    for each in np.argsort(-scores, kind="stable").tolist():
        if all(_shared(boxes[each], boxes[other]) < _SHARED for other in kept):
            kept.append(each)
    return kept


def _shared(one: Values, other: Values) -> float:
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    both = float(np.prod(np.maximum(sides, 0)))
    areas = sum(float(np.prod(each[2:] - each[:2])) for each in (one, other))
    return both / max(areas - both, 1e-9)
