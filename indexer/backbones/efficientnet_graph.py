"""EfficientNet-Lite0 as an ONNX graph, written from its published weights.

The network (Tan and Le 2019; the Lite variants of 2020 drop squeeze-and-excitation and use
ReLU6) is a chain of convolutions. Writing the graph directly takes a fraction of a second and
lets each batch normalisation be folded into its convolution, so there is no tracing, no
exporter and no cached export to keep in step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Weights = Mapping[str, NDArray[np.float32]]

STAGES = ((1, 1, 16), (2, 2, 24), (2, 2, 40), (3, 2, 80), (3, 1, 112), (4, 2, 192), (1, 1, 320))
"""Blocks, stride of the first of them, channels; kernel sizes are those of the weights."""
FEATURES = 1280
CLASSES = 1000
BATCH_NORM_EPSILON = 1e-3
PIXEL_MEAN = 127.0
PIXEL_SCALE = 128.0
"""The Lite networks were trained on ``(pixel - 127) / 128`` for every channel."""

STRIDE = 32
"""Pixels between two columns, or rows, of the last feature map."""
WINDOW = 7
"""Side of a window on that map: 224 pixels, the size of the training images."""

OPSET = 17
IR_VERSION = 8


@dataclass
class _Graph:
    """Nodes and constants under construction; every method returns its output's name."""

    weights: Weights
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        output = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def convolution(self, x: str, conv: str, norm: str, stride: int = 1) -> str:
        """Convolution with its batch normalisation folded in; TensorFlow's SAME padding."""
        kernel, bias = _fold(self.weights, conv, norm)
        depthwise = kernel.shape[1] == 1
        return self.node(
            "Conv",
            [x, self.constant(f"{conv}.weight", kernel), self.constant(f"{conv}.bias", bias)],
            strides=[stride, stride],
            auto_pad="SAME_UPPER",
            group=len(kernel) if depthwise else 1,
        )

    def relu6(self, x: str) -> str:
        low = self.constant("zero", np.array(0, np.float32))
        high = self.constant("six", np.array(6, np.float32))
        return self.node("Clip", [x, low, high])

    def block(self, x: str, prefix: str, stride: int, residual: bool) -> str:
        """Inverted bottleneck: expand, convolve each channel, project."""
        y = x
        if f"{prefix}._expand_conv.weight" in self.weights:
            y = self.relu6(self.convolution(y, f"{prefix}._expand_conv", f"{prefix}._bn0"))
        y = self.relu6(self.convolution(y, f"{prefix}._depthwise_conv", f"{prefix}._bn1", stride))
        y = self.convolution(y, f"{prefix}._project_conv", f"{prefix}._bn2")
        return self.node("Add", [x, y]) if residual else y


def _fold(
    weights: Weights, conv: str, norm: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the kernel [out, in, k, k] and bias [out] that convolve and normalise at once."""
    deviation = np.sqrt(weights[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
    gain = weights[f"{norm}.weight"] / deviation
    kernel = weights[f"{conv}.weight"] * gain[:, None, None, None]
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * gain
    return kernel.astype(np.float32), bias.astype(np.float32)


def efficientnet_lite0(weights: Weights) -> onnx.ModelProto:
    """Return the network.

    Input ``pixels``: [n, height, width, 3] uint8 RGB, sides multiples of 32 from 224 up.
    Outputs ``features``: [n, 1280] float32, the mean over the last feature map, and ``logits``:
    [n, windows, 1000] float32, the ImageNet-1k classes of every square of 224 pixels that lies
    on the map's grid of 32 pixels: the network is convolutional, so one pass over a wide frame
    stands for many crops of it.

    Args:
        weights: arrays by the names of the published state dict (``_conv_stem.weight``, …).

    Raises:
        KeyError: a weight is missing.
    """
    graph = _Graph(weights)
    x = graph.node("Cast", ["pixels"], to=TensorProto.FLOAT)
    x = graph.node("Sub", [x, graph.constant("mean", np.array(PIXEL_MEAN, np.float32))])
    x = graph.node("Div", [x, graph.constant("scale", np.array(PIXEL_SCALE, np.float32))])
    x = graph.node("Transpose", [x], perm=[0, 3, 1, 2])
    x = graph.relu6(graph.convolution(x, "_conv_stem", "_bn0", stride=2))
    channels, index = 32, 0
    for blocks, stride, width in STAGES:
        for position in range(blocks):
            step = stride if position == 0 else 1
            x = graph.block(x, f"_blocks.{index}", step, step == 1 and channels == width)
            channels, index = width, index + 1
    x = graph.relu6(graph.convolution(x, "_conv_head", "_bn1"))
    mean = graph.node("GlobalAveragePool", [x])
    graph.nodes.append(helper.make_node("Flatten", [mean], ["features"]))
    # [n, 1280, y, x] to one row a window: [n, y * x, 1280].
    windows = graph.node("AveragePool", [x], kernel_shape=[WINDOW, WINDOW])
    shape = graph.constant("rows", np.array([0, FEATURES, -1], dtype=np.int64))
    rows = graph.node("Reshape", [windows, shape])
    rows = graph.node("Transpose", [rows], perm=[0, 2, 1])
    classes = graph.constant("_fc.weight", weights["_fc.weight"].T)
    scores = graph.node("MatMul", [rows, classes])
    bias = graph.constant("_fc.bias", weights["_fc.bias"])
    graph.nodes.append(helper.make_node("Add", [scores, bias], ["logits"]))
    return _model(graph)


def _model(graph: _Graph) -> onnx.ModelProto:
    def tensor(name: str, kind: int, shape: list[str | int]) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    pixels = tensor("pixels", TensorProto.UINT8, ["n", "height", "width", 3])
    outputs = [
        tensor("features", TensorProto.FLOAT, ["n", FEATURES]),
        tensor("logits", TensorProto.FLOAT, ["n", "windows", CLASSES]),
    ]
    body = helper.make_graph(
        graph.nodes, "efficientnet-lite0", [pixels], outputs, list(graph.constants.values())
    )
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_model(body, opset_imports=opset, ir_version=IR_VERSION)
