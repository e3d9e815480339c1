"""Whisper's encoder (Radford et al. 2022) as an ONNX graph, written from its weights.

ONNX Runtime computes attention block by block (FlashAttention, Dao et al. 2022) and multiplies
weights of one byte, which takes less time than CTranslate2's encoder of the same precision.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from indexer.whisper_weights import Weights

HEAD = 64
"""Width of a head of attention, in every size of Whisper."""
BANDS, FRAMES, STEPS = 80, 3000, 1500
"""Of the spectrogram of 30 seconds, and hidden states of it."""

EPSILON = 1e-5
BLOCK = 128
"""Weights of one row that share a scale."""
BYTE_PRODUCTS = 4
"""ONNX Runtime's ``accuracy_level`` at which activations, too, are of one byte."""

OPSET, IR_VERSION = 17, 8
MICROSOFT = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""


@dataclass
class _Graph:
    """Nodes and constants under construction; every method returns its output's name."""

    weights: Weights
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Width of the hidden states."""
        return int(self.weights["conv1/weight"].shape[0])

    def constant(self, value: NDArray[np.generic]) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(self.weights[name])

    def node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        output = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def gelu(self, x: str) -> str:
        return self.node("Gelu", [x], domain=MICROSOFT)

    def normalized(self, x: str, name: str) -> str:
        inputs = [x, self.weight(f"{name}/gamma"), self.weight(f"{name}/beta")]
        return self.node("LayerNormalization", inputs, epsilon=EPSILON, axis=-1)

    def convolved(self, x: str, name: str, stride: int) -> str:
        inputs = [x, self.weight(f"{name}/weight"), self.weight(f"{name}/bias")]
        return self.gelu(self.node("Conv", inputs, pads=[1, 1], strides=[stride]))

    def linear(self, x: str, name: str, rows: slice = slice(None)) -> str:
        """Multiply by ``rows`` of a matrix, whose weights are rounded to bytes around 128."""
        matrix = self.weights[f"{name}/weight"][rows]
        blocks = matrix.reshape(len(matrix), -1, BLOCK)
        scales = np.abs(blocks).max(axis=2) / 127
        rounded = np.rint(blocks / np.maximum(scales, 1e-12)[:, :, None]) + 128
        bias = self.constant(self.weights[f"{name}/bias"][rows])
        weights = [self.constant(rounded.astype(np.uint8)), self.constant(scales.ravel())]
        return self.node(
            "MatMulNBits",
            [x, *weights, "", "", bias],
            domain=MICROSOFT,
            K=matrix.shape[1],
            N=len(matrix),
            bits=8,
            block_size=BLOCK,
            accuracy_level=BYTE_PRODUCTS,
        )

    def layer(self, x: str, name: str) -> str:
        """Attention, then two linear layers; each adds to what it reads."""
        attention, feed = f"{name}/self_attention", f"{name}/ffn"
        y = self.normalized(x, f"{attention}/layer_norm")
        thirds = [slice(part * self.width, (part + 1) * self.width) for part in range(3)]
        parts = [self.linear(y, f"{attention}/linear_0", rows) for rows in thirds]
        y = self.node("MultiHeadAttention", parts, domain=MICROSOFT, num_heads=self.width // HEAD)
        x = self.node("Add", [x, self.linear(y, f"{attention}/linear_1")])
        y = self.gelu(self.linear(self.normalized(x, f"{feed}/layer_norm"), f"{feed}/linear_0"))
        return self.node("Add", [x, self.linear(y, f"{feed}/linear_1")])


def whisper_encoder(weights: Weights) -> onnx.ModelProto:
    """Return the network.

    Input ``mel``: [n, 80, 3000] float32, the logarithmic spectrogram of 30 seconds. Output
    ``hidden``: [n, 1500, d] float32, d as the weights have it.

    Args:
        weights: arrays by the names of CTranslate2's encoder (``conv1/weight``, …).

    Raises:
        KeyError: a weight is missing.
    """
    graph = _Graph(weights)
    x = graph.convolved(graph.convolved("mel", "conv1", 1), "conv2", 2)
    x = graph.node("Transpose", [x], perm=[0, 2, 1])
    x = graph.node("Add", [x, graph.weight("position_encodings/encodings")])
    for layer in range(_layers(weights)):
        x = graph.layer(x, f"layer_{layer}")
    x = graph.normalized(x, "layer_norm")
    graph.nodes.append(helper.make_node("Identity", [x], ["hidden"]))
    mel, hidden = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])
        for name, shape in (("mel", (BANDS, FRAMES)), ("hidden", (STEPS, graph.width)))
    )
    body = helper.make_graph(graph.nodes, "whisper-encoder", [mel], [hidden], graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION)


def _layers(weights: Weights) -> int:
    return sum(name.endswith("/self_attention/linear_0/weight") for name in weights)
