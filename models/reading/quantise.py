"""Make `lines.onnx` and `strokes.onnx`: the package's networks in 8 bits, which read as well at half the cost.

    python models/reading/quantise.py ../shared [--out models/reading]

Needs `onnx` beside what the program needs. The detector is taken whole, of the recogniser what sees strokes: all before the
first layer that knows of other columns, from where `typescript.onnx` goes on. Ranges of activations are measured on pages
of SHARED/silver; the first five layers, which see the pixels themselves, stay as they are. A few minutes on one core.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

import cv2  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from calibrate import twice  # noqa: E402
from onnx import helper, version_converter  # noqa: E402
from onnx.utils import Extractor  # noqa: E402
from onnxruntime.quantization import (  # noqa: E402
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from pipeline.ocr import rapid  # noqa: E402
from pipeline.ocr.first import ROOM, find, roomy, softened  # noqa: E402
from pipeline.ocr.plate import Plate, best_dpi  # noqa: E402

OPSET = 13  # the first in which weights have a scale for each channel
PAGES = 24
LINES = 64
WIDE = 800  # pixels: of a line; ranges are gathered on lines of one size
PAGE = (1408, 1056)  # pixels: height and width, for the same reason
RANGE = 99.99  # percentile of activations that is kept: a few outliers would cost all others their precision
FIRST = 5  # layers that stay in 32 bits


class Shown(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, inputs: Iterable[Any]) -> None:
        self._inputs = iter(inputs)

    def get_next(self) -> dict[str, Any] | None:
        found = next(self._inputs, None)
        return None if found is None else {"x": found}


def pages(shared: Path) -> Iterator[Plate]:
    """Pages of silver, one a document, as they lie."""
    from pipeline.batch.work import identify_file
    from pipeline.core.document import Scan
    from pipeline.intake.sheets import open_sheet
    from pipeline.settings import Settings

    settings = Settings()
    for path, number, _ in twice(shared / "silver", PAGES):
        scan = identify_file(str(path), settings, {})
        assert isinstance(scan, Scan), f"{path} cannot be opened"
        sheet = open_sheet(scan.path, scan.media_type, number, settings)
        yield Plate.of(sheet, best_dpi(sheet))


def inputs(plates: Iterable[Plate]) -> tuple[list[Any], list[Any]]:
    """What the detector and the recogniser are shown."""
    whole, lines = [], []
    rng = random.Random(1)
    for plate in plates:
        small = cv2.resize(plate.gray, PAGE[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
        whole.append(np.repeat(small[None, None], 3, axis=1))
        strips = [s for s in find(plate) if not s.tall]
        soft = softened(plate.gray, strips)
        for strip in rng.sample(strips, min(len(strips), 40)):
            crop = rapid.cut(soft, roomy(strip.corners, ROOM))[:, :WIDE]
            line = np.zeros((1, 3, rapid.HIGH, WIDE), np.float32)
            line[0, :, :, : crop.shape[1]] = crop.astype(np.float32) / 127.5 - 1
            lines.append(line)
    return whole[: len(whole) // 3], lines[:: max(1, len(lines) // LINES)][:LINES]


def prepared(model: Any, out: Path) -> None:
    """Constants folded, activations joined where that has a fast form, in a version that can hold what follows."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(out)
    onnxruntime.InferenceSession(
        model.SerializeToString(), options, ["CPUExecutionProvider"], disabled_optimizers=["ConvActivationFusion"]
    )
    model = onnx.load(out)
    # The converter knows only standard operators: for its time, one that it need not change stands for Gelu.
    del model.opset_import[1:]
    joined = [node for node in model.graph.node if node.op_type == "Gelu"]
    for node in joined:
        node.op_type, node.domain = "Elu", ""
    names = {node.name for node in joined}
    model = version_converter.convert_version(model, OPSET)
    for node in model.graph.node:
        if node.name in names:
            node.op_type, node.domain = "Gelu", "com.microsoft"
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, out)


def quantised(model: Any, shown: list[Any], operators: list[str], method: Any, out: Path) -> None:
    with tempfile.TemporaryDirectory() as space:
        ready = Path(space) / "ready.onnx"
        prepared(model, ready)
        layers = [node.name for node in onnx.load(ready).graph.node if node.op_type == "Conv"]
        quantize_static(
            ready,
            out,
            Shown(shown),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=operators,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=layers[:FIRST],
            calibrate_method=method,
            extra_options={"CalibPercentile": RANGE},
        )


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("shared", type=Path)
    cli.add_argument("--out", type=Path, default=HERE)
    args = cli.parse_args()
    folder = Path(str(files("rapidocr"))) / "models"
    detector, recogniser = (onnx.load(folder / f"PP-OCRv6_{part}_small.onnx") for part in ("det", "rec"))
    strokes = Extractor(onnx.shape_inference.infer_shapes(recogniser)).extract_model(["x"], [rapid.SEEN.decode()])
    whole, lines = inputs(pages(args.shared))
    everywhere = ["Conv", "Concat", "MaxPool", "Add", "Resize"]
    quantised(detector, whole, everywhere, CalibrationMethod.MinMax, args.out / "lines.onnx")
    quantised(strokes, lines, ["Conv"], CalibrationMethod.Percentile, args.out / "strokes.onnx")


if __name__ == "__main__":
    main()
