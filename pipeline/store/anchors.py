"""By what people's work finds its findings again after another reading: by the place on the page, never by row ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

Columns = Mapping[str, Any] | RowMapping

PLACE = ("start", "end", "left", "top", "right", "bottom")
OVERLAP = 0.5  # share of the smaller place that both must have in common


def common(a: Columns, b: Columns) -> float:
    """The share of the smaller of two places on a page that lies in the other: of boxes, without them of spans; 0..1.
    Each has the columns PLACE."""
    if a["left"] is not None and b["left"] is not None:
        wide = min(a["right"], b["right"]) - max(a["left"], b["left"])
        high = min(a["bottom"], b["bottom"]) - max(a["top"], b["top"])
        least = min((p["right"] - p["left"]) * (p["bottom"] - p["top"]) for p in (a, b))
        return float(wide * high / least) if wide > 0 and high > 0 and least > 0 else 0.0
    if a["start"] is None or b["start"] is None:
        return 0.0
    both = min(a["end"], b["end"]) - max(a["start"], b["start"])
    return max(0.0, float(both / max(1, min(a["end"] - a["start"], b["end"] - b["start"]))))
