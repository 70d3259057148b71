"""Charts as Vega-Lite specifications, drawn as SVG without a browser.

A specification says what is shown; vl-convert draws it. Every chart has a title for those who cannot see it, and its
numbers stand in a table beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.store.status import GRADES
from pipeline.store.summary import LEVELS, NO_MARKING, NOT_LOOKED

VEGA_LITE = "5.20"
WIDE = 560
ROOM = {"left": 24, "right": 24, "top": 4, "bottom": 4}  # viewers without our first font draw labels wider
INK, RULE, BAR = "#222222", "#dddddd", "#3b6a8f"

# From dark to light with the level, so that a print in grey still tells them apart.
LEVEL_COLOURS = ("#67000d", "#b2182b", "#e08214", "#fdcc8a", "#b8b86a", "#8c8c50", "#8fb996", "#d0d0d0", "#f0f0f0")
GRADE_COLOURS = {"good": "#2b7a4b", "fair": "#9cc987", "poor": "#f2c14e", "unreadable": "#b2182b", "blank": "#dcdcdc"}

Spec = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]


def svg(spec: Spec, title: str) -> str:
    """The chart as SVG; `title` is read aloud in its place."""
    import vl_convert

    whole = {
        **spec,
        "description": title,
        "background": None,
        "config": _LOOK,
        "padding": ROOM,
        "width": spec.get("width", WIDE),
    }
    drawn: str = vl_convert.vegalite_to_svg(whole, vl_version=VEGA_LITE)
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{_quoted(title)}" ', 1)


def by_year(rows: Rows) -> Spec:
    """Documents by year of origin, by level. Rows: year, level, documents."""
    levels = [*LEVELS, NO_MARKING, NOT_LOOKED]
    known = [level for level in levels if any(r["level"] == level for r in rows)]
    colours = [LEVEL_COLOURS[levels.index(level)] for level in known]
    return {
        "height": 220,
        "data": {"values": [{**r, "order": levels.index(r["level"]) if r["level"] in levels else 9} for r in rows]},
        "mark": {"type": "bar", "stroke": "white", "strokeWidth": 0.4},
        "encoding": {
            "x": _years(rows, "year"),
            "y": {
                "field": "documents",
                "type": "quantitative",
                "title": "documents",
                "axis": {"values": _whole(rows), "format": "d"},
            },
            "color": {"field": "level", "type": "nominal", "title": None, "scale": {"domain": known, "range": colours}},
            "order": {"field": "order", "type": "quantitative"},
        },
    }


def delays(rows: Rows) -> Spec:
    """How long documents waited, by year of origin: a dot whose area is their number. Rows: year, waited (years),
    documents."""
    x = _years(rows, "year")
    y = {"field": "waited", "type": "quantitative", "title": "years until release", "scale": {"zero": True}}
    return {
        "height": 220,
        "data": {"values": list(rows)},
        "mark": {"type": "circle", "color": BAR, "opacity": 0.75},
        "encoding": {"x": x, "y": y, "size": {"field": "documents", "type": "quantitative", "title": "documents",
                                              "scale": {"domain": [0, max(4, *_some(rows))], "range": [0, 320]},
                                              "legend": {"values": _some(rows), "format": "d", "symbolFillColor": BAR,
                                                         "symbolType": "circle"}}},
    }  # fmt: skip


def shares(rows: Rows, name: str) -> Spec:
    """Shares withheld as bars, with the number at their end. Rows: `name`, share (0..1), label."""
    order = [r[name] for r in rows]
    y = {"field": name, "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 240},
         "scale": {"type": "band", "paddingInner": 0.3}}  # fmt: skip
    # Room for the figure behind the longest bar.
    most = max((float(r["share"]) for r in rows), default=0.0) * 1.4 or 0.01
    x = {"field": "share", "type": "quantitative", "title": "share of the pages' area withheld",
         "axis": {"format": "~%", "tickCount": 4}, "scale": {"domain": [0, most]}}  # fmt: skip
    bars = {"mark": {"type": "bar", "color": BAR}, "encoding": {"y": y, "x": x}}
    ends = {"mark": {"type": "text", "align": "left", "dx": 4, "color": INK},
            "encoding": {"y": y, "x": x, "text": {"field": "label"}}}  # fmt: skip
    return {"height": {"step": 20}, "width": 460, "data": {"values": list(rows)}, "layer": [bars, ends]}


def grades(rows: Rows) -> Spec:
    """Pages by grade of their reading, one bar a batch. Rows: batch, grade, pages."""
    known = [g for g in GRADES if any(r["grade"] == g for r in rows)]
    return {
        "height": {"step": 24},
        "width": 460,
        "data": {"values": [{**r, "order": known.index(r["grade"]) if r["grade"] in known else 9} for r in rows]},
        "mark": {"type": "bar", "stroke": "white", "strokeWidth": 0.4},
        "encoding": {
            "y": {"field": "batch", "type": "nominal", "title": None, "axis": {"labelLimit": 240}},
            "x": {"field": "pages", "type": "quantitative", "stack": "normalize", "title": "share of pages",
                  "axis": {"format": "%"}},
            "color": {"field": "grade", "type": "nominal", "title": None,
                      "scale": {"domain": known, "range": [GRADE_COLOURS[g] for g in known]}},
            "order": {"field": "order", "type": "quantitative"},
        },
    }  # fmt: skip


def _years(rows: Rows, field: str) -> Spec:
    """Every year between the first and the last stands on the axis, whether anything is of it or not."""
    years = [int(r[field]) for r in rows]
    whole = list(range(min(years), max(years) + 1)) if years else []
    some = -(-len(whole) // 12)  # a dozen labels are as many as fit
    return {
        "field": field, "type": "ordinal", "title": None, "scale": {"domain": whole},
        "axis": {"labelAngle": 0, "values": [y for y in whole if y % max(some, 1) == 0]},
    }  # fmt: skip


def _whole(rows: Rows) -> list[int]:
    """Whole numbers for an axis of documents, about five of them."""
    of_year: Counter[int] = Counter()
    for row in rows:
        of_year[int(row["year"])] += int(row["documents"])
    most = max(of_year.values(), default=1)
    return list(range(0, most + 1, -(-most // 5)))


def _some(rows: Rows) -> list[int]:
    """One, the most, and what lies between: numbers of documents to show in a legend."""
    most = max((int(r["documents"]) for r in rows), default=1)
    return sorted({1, max(1, most // 2), most})


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


_LOOK: Spec = {
    "font": "Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {"labelColor": INK, "titleColor": INK, "titleFontWeight": "normal", "gridColor": RULE, "domainColor": INK,
             "tickColor": INK, "labelFontSize": 11, "titleFontSize": 11},
    "axisX": {"grid": False},
    "legend": {"labelColor": INK, "titleColor": INK, "titleFontWeight": "normal", "labelFontSize": 11,
               "titleFontSize": 11, "orient": "top", "symbolType": "square"},
}  # fmt: skip
