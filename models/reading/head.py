"""The last layers of PP-OCRv6's line recogniser: out of its wheel into JAX, and from there into ONNX.

Two ways from what the convolutions see in each column (384 numbers): a gate, and a narrow way (120) with a convolution along
the line and two blocks of attention; their sum goes to a linear layer over the characters. Weights are trees of
{w, b}; a layer norm's are {g, b}.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDE, NARROW, HEADS, SPAN = 384, 120, 8, 7
SMALL = 1e-5
BLOCKS = ("block0", "block1")
Weights = dict[str, Any]


def carried() -> bytes:
    """The recogniser as the wheel carries it."""
    [path] = (Path(str(p)) for p in (files("rapidocr") / "models").iterdir() if "_rec_" in p.name)
    return path.read_bytes()


def pretrained(model: bytes, columns: list[int]) -> Weights:
    """The package's own last layers, for those characters that stand at `columns`; batch norms are folded in."""
    graph = onnx.load_from_string(model).graph
    known = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    known |= {n.output[0]: numpy_helper.to_array(n.attribute[0].t) for n in graph.node if n.op_type == "Constant"}

    def normed(number: int) -> tuple[Any, Any]:
        weight, bias, mean, variance = (known[f"batch_norm2d_{number}.{p}"] for p in ("w_0", "b_0", "w_1", "w_2"))
        scale = weight / np.sqrt(variance + SMALL)
        return scale, bias - mean * scale

    def pointwise(number: int, norm: int) -> Weights:
        scale, shift = normed(norm)
        return {"w": (known[f"conv2d_{number}.w_0"][:, :, 0, 0] * scale[:, None]).T, "b": shift}

    def layer_norm(number: int) -> Weights:
        g, b = (known[f"helper.reshape.{n}"].reshape(-1) for n in (number, number + 1))
        return {"g": g, "b": b}

    def linear(number: int) -> Weights:
        return {"w": known[f"linear_{number}.w_0"], "b": known[f"linear_{number}.b_0"].reshape(-1)}

    scale, shift = normed(56)
    p: Weights = {
        "guide": pointwise(67, 57),
        "enter": pointwise(65, 55),
        "mix": {"w": (known["conv2d_66.w_0"][:, 0, 0, :] * scale[:, None]).T, "b": shift},
        "ln": layer_norm(8),
        "head": {name: value[..., columns] for name, value in linear(8).items()},
    }
    for block, n in zip(BLOCKS, (0, 4), strict=True):
        names = dict(zip(("qkv", "proj", "up", "down"), range(n, n + 4), strict=True))
        p[block] = {name: linear(i) for name, i in names.items()}
        p[block] |= {"ln1": layer_norm(n), "ln2": layer_norm(n + 2)}
    return jax.tree_util.tree_map(lambda a: jnp.asarray(np.array(a, np.float32)), p)


def norm(x: Any, p: Weights) -> Any:
    middle = x - x.mean(-1, keepdims=True)
    return middle / jnp.sqrt((middle**2).mean(-1, keepdims=True) + SMALL) * p["g"] + p["b"]


def linear(x: Any, p: Weights) -> Any:
    return x @ p["w"] + p["b"]


def forward(p: Weights, x: Any, mask: Any, key: Any = None, drop: float = 0.0) -> Any:
    """Scores (lines, columns, characters) of what was seen, `x` (lines, columns, 384); `mask` (lines, columns) is 1 where a
    line is. With a `key`, `drop` of what the layers give is dropped."""
    silu = jax.nn.silu

    def dropped(h: Any, n: int) -> Any:
        if key is None:
            return h
        return h * jax.random.bernoulli(jax.random.fold_in(key, n), 1 - drop, h.shape) / (1 - drop)

    lines, columns, _ = x.shape
    gate = silu(linear(x, p["guide"]))
    y = silu(linear(x, p["enter"])) * mask[..., None]
    padded = jnp.pad(y, ((0, 0), (SPAN // 2, SPAN // 2), (0, 0)))
    h = y + silu(sum(padded[:, i : i + columns] * p["mix"]["w"][i] for i in range(SPAN)) + p["mix"]["b"])
    elsewhere = jnp.where(mask > 0, 0.0, -1e9)[:, None, None, :]
    size = NARROW // HEADS
    for n, block in enumerate(BLOCKS):
        b = p[block]
        qkv = linear(norm(h, b["ln1"]), b["qkv"]).reshape(lines, columns, 3, HEADS, size)
        q, k, v = qkv.transpose(2, 0, 3, 1, 4)
        heeded = jax.nn.softmax((q * size**-0.5) @ k.transpose(0, 1, 3, 2) + elsewhere, -1) @ v
        joined = heeded.transpose(0, 2, 1, 3).reshape(lines, columns, NARROW)
        h = h + dropped(linear(joined, b["proj"]), 2 * n)
        h = h + dropped(linear(silu(linear(norm(h, b["ln2"]), b["up"])), b["down"]), 2 * n + 1)
    return linear(dropped(norm(h, p["ln"]) + gate, 9), p["head"])


class Writer:
    """The nodes and constants of an ONNX graph, one after another."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Any) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(value), f"c{len(self.constants)}"))
        return str(self.constants[-1].name)

    def full(self, value: Any) -> str:
        return self.constant(np.asarray(value, np.float32))

    def half(self, value: Any) -> str:
        """Kept at half size, computed at full."""
        return self("Cast", self.constant(np.asarray(value, np.float16)), to=TensorProto.FLOAT)

    def several(self, kind: str, number: int, *inputs: str, **how: Any) -> list[str]:
        outputs = [f"t{len(self.nodes)}_{i}" for i in range(number)]
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, **how))
        return outputs

    def __call__(self, kind: str, *inputs: str, **how: Any) -> str:
        return self.several(kind, 1, *inputs, **how)[0]

    def linear(self, x: str, p: Weights) -> str:
        return self("Add", self("MatMul", x, self.half(p["w"])), self.full(p["b"]))

    def silu(self, x: str) -> str:
        return self("Mul", x, self("Sigmoid", x))

    def norm(self, x: str, p: Weights) -> str:
        middle = self("Sub", x, self("ReduceMean", x, axes=[-1]))
        variance = self("ReduceMean", self("Mul", middle, middle), axes=[-1])
        even = self("Div", middle, self("Sqrt", self("Add", variance, self.full(SMALL))))
        return self("Add", self("Mul", even, self.full(p["g"])), self.full(p["b"]))

    def attention(self, x: str, p: Weights) -> str:
        size = NARROW // HEADS
        shape, back = (self.constant(np.array(s, np.int64)) for s in ([0, -1, 3, HEADS, size], [0, -1, NARROW]))
        qkv = self("Transpose", self("Reshape", self.linear(x, p["qkv"]), shape), perm=[2, 0, 3, 1, 4])
        q, k, v = (self("Squeeze", one, axes=[0]) for one in self.several("Split", 3, qkv, axis=0, split=[1, 1, 1]))
        like = self("MatMul", self("Mul", q, self.full(size**-0.5)), self("Transpose", k, perm=[0, 1, 3, 2]))
        heeded = self("MatMul", self("Softmax", like, axis=3), v)
        return self.linear(self("Reshape", self("Transpose", heeded, perm=[0, 2, 1, 3]), back), p["proj"])


def written(p: Weights, characters: str) -> bytes:
    """An ONNX model from `features` (lines, columns, 384) to `likely` (lines, columns, characters), as `pipeline.ocr.rapid`
    wants it; one line at a time, since it knows no mask."""
    w = Writer()
    gate, y = (w.silu(w.linear("features", p[way])) for way in ("guide", "enter"))
    mix, bias = w.half(np.asarray(p["mix"]["w"]).T[:, None, :]), w.full(p["mix"]["b"])
    along = {"group": NARROW, "kernel_shape": [SPAN], "pads": [SPAN // 2, SPAN // 2]}
    mixed = w("Conv", w("Transpose", y, perm=[0, 2, 1]), mix, bias, **along)
    h = w("Add", y, w.silu(w("Transpose", mixed, perm=[0, 2, 1])))
    for block in BLOCKS:
        b = p[block]
        h = w("Add", h, w.attention(w.norm(h, b["ln1"]), b))
        h = w("Add", h, w.linear(w.silu(w.linear(w.norm(h, b["ln2"]), b["up"])), b["down"]))
    w("Softmax", w.linear(w("Add", w.norm(h, p["ln"]), gate), p["head"]), axis=2)
    w.nodes[-1].output[0] = "likely"
    ends = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["lines", "columns", size])]
        for name, size in (("features", WIDE), ("likely", len(characters)))
    ]
    graph = helper.make_graph(w.nodes, "typescript", *ends, w.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=7)
    helper.set_model_props(model, {"characters": characters[1:]})
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
