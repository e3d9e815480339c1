"""The classifier of profile lite: its graph, its windows, and what it sees."""

from collections.abc import Sequence

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional

from indexer.backbones.efficientnet_graph import efficientnet_lite0
from indexer.backbones.registry import Backbones
from indexer.packaged_models import EFFICIENTNET_LITE0

State = dict[str, torch.Tensor]
BLOCKS = [  # stride and whether there is a shortcut: EfficientNet-B0's table, written out
    (1, False), (2, False), (1, True), (2, False), (1, True), (2, False), (1, True), (1, True),
    (1, False), (1, True), (1, True), (2, False), (1, True), (1, True), (1, True), (1, False),
]  # fmt: skip


@pytest.fixture(scope="module")
def state() -> State:
    (weights,) = map(EFFICIENTNET_LITE0.file, EFFICIENTNET_LITE0.files)
    loaded: State = torch.load(weights, weights_only=True)
    return loaded


def same_convolution(x: torch.Tensor, kernel: torch.Tensor, stride: int = 1) -> torch.Tensor:
    """TensorFlow's SAME: an odd pixel of padding goes below and to the right."""
    groups = x.shape[1] if kernel.shape[1] == 1 else 1
    pads = []
    for size in (x.shape[3], x.shape[2]):
        total = max((-(-size // stride) - 1) * stride + kernel.shape[2] - size, 0)
        pads += [total // 2, total - total // 2]
    return functional.conv2d(functional.pad(x, pads), kernel, stride=stride, groups=groups)


def reference(state: State, pixels: NDArray[np.uint8]) -> torch.Tensor:
    """The last feature map, [n, 1280, y, x], layer by layer in torch."""

    def layer(x: torch.Tensor, conv: str, norm: str, stride: int = 1) -> torch.Tensor:
        mean, variance, gain, shift = (
            state[f"{norm}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
        )
        x = same_convolution(x, state[f"{conv}.weight"], stride)
        return functional.batch_norm(x, mean, variance, gain, shift, eps=1e-3)

    x = (torch.from_numpy(pixels).float().permute(0, 3, 1, 2) - 127) / 128
    x = functional.relu6(layer(x, "_conv_stem", "_bn0", 2))
    for index, (stride, shortcut) in enumerate(BLOCKS):
        name = f"_blocks.{index}"
        y = functional.relu6(layer(x, f"{name}._expand_conv", f"{name}._bn0")) if index else x
        y = functional.relu6(layer(y, f"{name}._depthwise_conv", f"{name}._bn1", stride))
        y = layer(y, f"{name}._project_conv", f"{name}._bn2")
        x = x + y if shortcut else y
    return functional.relu6(layer(x, "_conv_head", "_bn1"))


@pytest.mark.parametrize(("height", "width"), [(224, 224), (256, 448)])
def test_the_graph_is_the_network(state: State, height: int, width: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, height, width, 3), dtype=np.uint8)
    weights = {name: tensor.numpy() for name, tensor in state.items()}
    session = onnxruntime.InferenceSession(efficientnet_lite0(weights).SerializeToString())
    features, logits = session.run(["features", "logits"], {"pixels": pixels})

    with torch.no_grad():
        last = reference(state, pixels)
        windows = [
            last[:, :, y : y + 7, x : x + 7].mean(dim=(2, 3))
            for y in range(last.shape[2] - 6)
            for x in range(last.shape[3] - 6)
        ]
        classes = torch.stack(windows, dim=1) @ state["_fc.weight"].T + state["_fc.bias"]
    np.testing.assert_allclose(features, last.mean(dim=(2, 3)).numpy(), atol=1e-4)
    np.testing.assert_allclose(logits, classes.numpy(), atol=1e-3)


def test_a_cat_is_found_by_words(lite: Backbones, cat: NDArray[np.uint8]) -> None:
    words = ["a cat", "a dog", "a car on a road", "snow and mountains", "a robot"]
    picture = lite.video.embed_frames([cat]).aligned[0]
    assert np.argmax(lite.video.embed_query(words) @ picture) == 0


def test_a_frame_s_vectors_do_not_depend_on_its_company(
    lite: Backbones, frames: Sequence[NDArray[np.uint8]]
) -> None:
    together = lite.video.embed_frames(frames)
    assert together.features.shape == (5, 1280)
    np.testing.assert_allclose(np.linalg.norm(together.aligned, axis=1), 1, rtol=1e-5)
    for row, frame in enumerate(frames):
        alone = lite.video.embed_frames([frame])
        np.testing.assert_array_equal(alone.features[0], together.features[row])
        np.testing.assert_array_equal(alone.aligned[0], together.aligned[row])


def test_bars_change_nothing(lite: Backbones, cat: NDArray[np.uint8]) -> None:
    wide = np.ascontiguousarray(cat[:192, : 192 * 2])
    barred = np.pad(wide, ((30, 30), (0, 0), (0, 0)), constant_values=16)
    found = lite.video.embed_frames([wide, barred])
    np.testing.assert_array_equal(found.aligned[0], found.aligned[1])


def test_no_frames_give_no_rows(lite: Backbones) -> None:
    found = lite.video.embed_frames([])
    assert found.features.shape == (0, 1280)
    assert found.aligned.shape == (0, 384)
