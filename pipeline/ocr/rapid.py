"""The one door to RapidOCR: the PP-OCR models that its wheel carries, run on ONNX Runtime with one thread.

The models are used directly and not through the package's own chain, because that chain takes crops from a reduced
page, lets thousands of Chinese characters compete for a worn letter, turns lines over, drops spaces and gives no
confidence for single characters. Detection finds lines of type as slanted rectangles; recognition gives, for every
eighth pixel of a line 48 pixels high, the probability of each character (CTC). Its layers up to there are the package's in
8 bits (models/reading/strokes.onnx), which cost a third; its last layers are ours (models/reading/typescript.onnx): the
package's own, trained further on worn typescript, and for Latin letters alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as version_of
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline.core.knowledge import models
from pipeline.errors import MissingDependencyError

HIGH = 48  # pixels: the height of a line that the recogniser was trained on
STEP = 8  # pixels of a line's width for one column of probabilities
DETECT_DPI = 130.0
LEAN_DPI = 112.0  # a quarter less work for a thirtieth more errors
SURE = 0.5  # mean probability inside a part that makes it type
FULL = 0.8  # share of its rectangle that a clean line fills
VNNI = 23  # OpenCV's number for the instructions of processors that multiply 8 bits well
LINE = 16.0  # pixels: height of a line that the detector finds well
LEAST = 320  # pixels: width to which shorter lines are filled up
MOST_SIDE = 2400  # pixels: of a page in the detector
SEEN = b"p2o.pd_op.pool2d.1.0"  # what the recogniser sees: its last layer that knows nothing of other columns


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of type found on a plate: corners (4, 2) in pixels from the top left on clockwise, and how surely."""

    corners: Any
    confidence: float

    @property
    def width(self) -> float:
        return max(float(np.linalg.norm(self.corners[1] - self.corners[0])), 1.0)

    @property
    def height(self) -> float:
        return max(float(np.linalg.norm(self.corners[3] - self.corners[0])), 1.0)

    @property
    def tall(self) -> bool:
        """It stands upright like a line on a page that lies on its side."""
        return self.height > 1.5 * self.width


@dataclass(frozen=True, slots=True)
class _Models:
    recogniser: Any  # from pixels to what is seen in each column
    head: Any  # from that to the probabilities of characters
    characters: str  # what those are; index 0 is CTC's blank


def version() -> str:
    """Versions of the model package and of its engine; cheap."""
    return f"rapidocr {version_of('rapidocr')} onnxruntime {version_of('onnxruntime')}"


@cache
def _models() -> _Models:
    recogniser, head = _own("strokes"), _own("typescript")
    return _Models(recogniser, head, "\0" + head.get_modelmeta().custom_metadata_map["characters"])


@cache
def _detector(lean: bool) -> Any:
    return _own("lines") if lean else _carried("det")


def _own(name: str) -> Any:
    return _session((models() / "reading" / f"{name}.onnx").read_bytes())


@cache
def _carried(part: str) -> Any:
    """The package's own detector (`det`) or recogniser (`rec`), which gives out `SEEN` too."""
    folder = files("rapidocr") / "models"
    found = sorted(str(p) for p in folder.iterdir() if p.name.endswith(".onnx") and f"_{part}_" in p.name)
    if not found:
        raise MissingDependencyError(
            f"the installed rapidocr carries no {part} model", "install the version named in pyproject.toml"
        )
    model = Path(found[-1]).read_bytes()
    if part == "rec" and SEEN not in model:
        raise MissingDependencyError(
            "the installed rapidocr carries another recogniser", "install the version named in pyproject.toml"
        )
    return _session(model + _asking_for(SEEN) if part == "rec" else model, keep=False)


def _asking_for(name: bytes) -> bytes:
    """What makes a model give out `name` too, put behind its bytes: parts of a message of Protocol Buffers that follow one
    another are one message. ModelProto.graph (7) . GraphProto.output (12) . ValueInfoProto.name (1)."""
    inner = b"\x0a" + bytes([len(name)]) + name
    inner = b"\x62" + bytes([len(inner)]) + inner
    return b"\x3a" + bytes([len(inner)]) + inner


def _session(model: bytes, keep: bool = True) -> Any:
    """A network ready to run. To `keep` the memory of one run for the next is quicker, and costs where runs are few."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = keep
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    if not cv2.checkHardwareSupport(VNNI):
        # Older processors would overflow where products of 8 bits are added up in 16.
        options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def find_strips(gray: Any, dpi: float, at: float = DETECT_DPI, lean: bool = False) -> list[Strip]:
    """The lines of type on a uint8 gray image, looked for at `at` dots per inch, in no order. `lean` costs two thirds and
    loses a few words at the ends of lines.

    After DB (Liao et al., Real-time Scene Text Detection with Differentiable Binarization): the probability map is cut
    at 0.3, each part gets a rectangle, which is then widened by what the network was trained to shrink it. A part is judged
    by what lies in it, not in its rectangle: a pen stroke that hangs on a line must not cost the line.
    """
    height, width = gray.shape
    scale = min(at / dpi, MOST_SIDE / max(height, width))
    rows, columns = (max(32, round(v * scale / 32) * 32) for v in (height, width))
    small = cv2.resize(gray, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
    # The network takes colour: the gray page three times.
    likely = _detector(lean).run(None, {"x": np.repeat(small[None, None], 3, axis=1)})[0][0, 0]
    parts, _ = cv2.findContours(
        cv2.dilate((likely > 0.3).astype(np.uint8), np.ones((2, 2), np.uint8)), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE
    )
    strips = []
    for part in parts:
        if min(cv2.minAreaRect(part)[1]) < 3:
            continue
        left, top, wide, high = cv2.boundingRect(part)
        mask = np.zeros((high, wide), np.uint8)
        cv2.fillPoly(mask, [part - (left, top)], 1)
        confidence = float(cv2.mean(likely[top : top + high, left : left + wide], mask)[0])
        if confidence < SURE:
            continue
        middle, (across, along), angle = _rectangle(part, mask)
        more = 1.6 * across * along / (across + along)
        corners = cv2.boxPoints((middle, (across + more, along + more), angle))
        strips.append(Strip(_clockwise(corners * (width / columns, height / rows)), confidence))
    return strips


def _rectangle(part: Any, mask: Any) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Middle, size and angle of the rectangle of a part: the smallest around it; but where a pen stroke hangs on a line
    of type, which would tilt and swell it, the one that most columns of the line ask for."""
    (x, y), (across, along), angle = cv2.minAreaRect(part)
    left, top, wide, high = cv2.boundingRect(part)
    if wide < 4 * high or mask.sum() > FULL * across * along:
        return (float(x), float(y)), (float(across), float(along)), float(angle)
    thick = mask.sum(0)
    usual = float(np.median(thick))
    at = np.flatnonzero((thick > 0.5 * usual) & (thick < 1.4 * usual))
    rows = np.arange(high)[:, None]
    slope, level = np.polyfit(at, (mask * rows).sum(0)[at] / thick[at], 1)
    across = float(at[-1] - at[0] + 1)
    middle = (float(at[0] + at[-1]) / 2, level + slope * (at[0] + at[-1]) / 2)
    return (left + middle[0], top + float(middle[1])), (across, usual), math.degrees(math.atan(slope))


def _clockwise(corners: Any) -> Any:
    """Corners from the top left on, clockwise."""
    by_x = corners[np.argsort(corners[:, 0])]
    left, right = by_x[:2], by_x[2:]
    (tl, bl), (tr, br) = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.array([tl, tr, br, bl], np.float32)


def cut(gray: Any, corners: Any, squeeze: float = 1.0, high: int = HIGH) -> Any:
    """The strip at `corners` straightened out, `high` pixels high, at least 8 wide, letters narrowed by `squeeze`."""
    strip = Strip(corners, 1.0)
    wide = max(STEP, int(np.ceil(strip.width * squeeze * high / strip.height)))
    # Shrinking by more than a little in the warp itself would alias thin strokes away.
    shrink = strip.height / high > 1.3
    across, down = (round(strip.width), round(strip.height)) if shrink else (wide, high)
    turn = cv2.getPerspectiveTransform(
        corners.astype(np.float32), np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float32)
    )
    flat = cv2.warpPerspective(gray, turn, (across, down), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.resize(flat, (wide, high), interpolation=cv2.INTER_AREA) if shrink else flat


def recognise(crops: list[Any]) -> list[Any]:
    """For each crop (48 pixels high) the probabilities of characters, float32 (columns, characters).

    One by one: many at once cost as much, more memory, and what is filled up beside the shorter ones.
    """
    found = _models()
    out = []
    for crop in crops:
        seen = found.recogniser.run(None, {"x": _line(crop)})[0][:, :, 0, : -(-crop.shape[1] // STEP) + 1]
        out.append(found.head.run(None, {"features": seen.transpose(0, 2, 1)})[0][0])
    return out


def recognise_any(crop: Any) -> tuple[Any, str]:
    """For one crop (48 pixels high) what the package's own recogniser sees: probabilities, and the characters they are of.
    For rubber stamps and figures written by hand, which layers trained further on typescript read worse."""
    model = _carried("rec")
    known = ["\0", *model.get_modelmeta().custom_metadata_map["character"].splitlines(), " "]
    columns = [0, *(n for n, c in enumerate(known) if len(c) == 1 and (33 <= ord(c) < 127)), len(known) - 1]
    likely = model.run(None, {"x": _line(crop)})[0][0, : -(-crop.shape[1] // STEP) + 1]
    return likely[:, columns], "".join(known[n] for n in columns)


def see(crop: Any) -> Any:
    """What the convolutions of the package's own recogniser see of one crop (48 pixels high): float32 (columns, 384)."""
    seen = _carried("rec").run([SEEN.decode()], {"x": _line(crop)})[0][0, :, 0]
    return seen[:, : -(-crop.shape[1] // STEP) + 1].T


@cache
def _hand() -> tuple[Any, str]:
    head = _session((models() / "stamps" / "hand.onnx").read_bytes())
    return head, "\0" + head.get_modelmeta().custom_metadata_map["characters"]


def recognise_hand(crop: Any) -> tuple[Any, str]:
    """For one crop (48 pixels high) what last layers that learned days written by hand (models/stamps/hand.onnx) make of it:
    probabilities, and the characters they are of."""
    head, known = _hand()
    return head.run(None, {"features": see(crop)[None]})[0][0], known


def _line(crop: Any) -> Any:
    """A crop as the recogniser takes it: float32 (1, 3, 48, width), filled up with gray to at least `LEAST`."""
    wide = -(-max(LEAST, int(crop.shape[1])) // STEP) * STEP
    line = np.zeros((1, 3, HIGH, wide), np.float32)
    line[0, :, :, : crop.shape[1]] = crop.astype(np.float32) / 127.5 - 1
    return line


def characters() -> str:
    """What the columns of `recognise` stand for; the first is CTC's blank, the last the space between words."""
    return _models().characters
