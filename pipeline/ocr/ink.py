"""The pixels of an upright page, for the stages that look at strokes, ticks and stamps (see `core.ink.Ink`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from pipeline.core.geometry import Box
from pipeline.core.ink import Borne, Sheet
from pipeline.core.page import Page, ReadWord
from pipeline.ocr.plate import Plate, best_dpi
from pipeline.settings import Settings

# How often as wide, and how much slanted back, a line of handwriting is looked at: a thin figure needs columns of its own.
VIEWS = ((1.2, 0.0), (1.6, 0.0), (1.4, 0.25))
NOTHING_LIKE = -10.0  # the same by which nothing that is looked for stands there, so that one look is enough
UNSEEN = -14.0  # logarithm of what a view that misses a string altogether may cost it


class PageInk:
    """Rendered once, when first asked for, and turned as the reading turned the page."""

    def __init__(self, sheet: Sheet, page: Page, settings: Settings) -> None:
        self._sheet = sheet
        self._page = page
        self._settings = settings

    @cached_property
    def _plate(self) -> Plate:
        return Plate.of(self._sheet, best_dpi(self._sheet)).turned(self._page.rotation)

    @property
    def dpi(self) -> float:
        return self._plate.dpi

    def gray(self) -> Any:
        return self._plate.gray

    def crop(self, box: Box, angle: float = 0.0, dpi: float | None = None) -> Any:
        import cv2
        import numpy as np

        # The canvas holds the whole turned box, so that nothing of a tilted stamp is cut away.
        scale = self.dpi / 72
        zoom = (dpi or self.dpi) / self.dpi
        x, y = box.middle
        cosine, sine = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
        wide = max(1, round((box.width * cosine + box.height * sine) * scale * zoom))
        high = max(1, round((box.width * sine + box.height * cosine) * scale * zoom))
        turn = cv2.getRotationMatrix2D((x * scale, y * scale), angle, zoom)
        turn[:, 2] += np.array([wide / 2 - x * scale, high / 2 - y * scale])
        # Pixels are squares, not points: the middle of the first lies half a pixel in.
        turn[:, 2] -= 0.5 - turn[:, :2] @ np.array([0.5, 0.5])
        smooth = cv2.INTER_AREA if zoom < 1 and angle == 0 else cv2.INTER_LINEAR
        return cv2.warpAffine(self.gray(), turn, (wide, high), flags=smooth, borderMode=cv2.BORDER_REPLICATE)

    def read(self, crop: Any, dpi: float, layout: str = "block") -> Sequence[Sequence[ReadWord]]:
        from pipeline.ocr import tesseract

        lines = tesseract.read(crop, dpi, layout, self._settings.languages)
        plate = Plate(crop, dpi)
        return [[ReadWord(w.text, plate.box_of(w.box), w.confidence, w.reader) for w in line] for line in lines]

    def weigh(self, crops: Sequence[Any], phrases: Sequence[str]) -> Sequence[Sequence[Borne]]:
        from pipeline.ocr.weigh import weigh

        return weigh(crops, phrases)

    def spot(self, crop: Any, strings: tuple[str, ...]) -> Sequence[float]:
        import cv2
        import numpy as np

        from pipeline.ocr import rapid
        from pipeline.ocr.spot import spotted

        views = []
        for stretch, slant in VIEWS:
            high = crop.shape[0]
            lean = np.array([[1, slant, max(0.0, -slant * high)], [0, 1, 0]], np.float32)
            upright = cv2.warpAffine(crop, lean, (round(crop.shape[1] + abs(slant) * high), high), borderValue=255)
            wide = max(rapid.STEP, round(stretch * upright.shape[1] * rapid.HIGH / high))
            line = cv2.resize(upright, (wide, rapid.HIGH), interpolation=cv2.INTER_AREA)
            likely, characters = rapid.recognise_hand(line)
            views.append(np.maximum(spotted(likely, strings, characters), UNSEEN))
            if views[0].max() < NOTHING_LIKE:
                break
        return [float(v) for v in np.mean(views, axis=0)]

    def spell(self, crop: Any, strings: Sequence[str]) -> Sequence[float]:
        import cv2

        from pipeline.ocr import ctc, rapid

        zoom = rapid.HIGH / crop.shape[0]
        line = cv2.resize(
            crop, (max(rapid.STEP, round(crop.shape[1] * zoom)), rapid.HIGH), interpolation=cv2.INTER_AREA
        )
        likely, characters = rapid.recognise_any(line)
        number = {c: n for n, c in enumerate(characters)}
        spelled = [tuple(number[c] for c in string if c in number) for string in strings]
        return [*ctc.log_probabilities(likely, spelled), ctc.likeliest(likely, 1)[0][1]]
