"""Whether something covers a place of a page: what is seen there has one flat tone where there should be type."""

from __future__ import annotations

from typing import Any

from pipeline.core.geometry import Box

FLAT = 24
"""Gray levels between the lightest and the darkest of a covered word; type spans most of the 255."""
AIR = 0.15
"""Share of a word's height that is left out above and below, where its neighbours' ink and the box's edge may be."""


def flat_tone(gray: Any, scale: float, box: Box) -> float | None:
    """The mean gray level (0 black to 255 white) of a word's box when it is flat, so that no word is seen there; None when
    there is something to see, or the box lies off the page.

    `gray` is the page as a uint8 array (height, width), `scale` its pixels per point, `box` in points.
    """
    height, width = gray.shape
    b = box.grown(-0.5, -AIR * box.height).scaled(scale).within(width, height)
    tones = gray[round(b.top) : round(b.bottom), round(b.left) : round(b.right)]
    if not tones.size or int(tones.max()) - int(tones.min()) > FLAT:
        return None
    return float(tones.mean())
