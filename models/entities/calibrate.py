"""Fit the confidence of mentions: python models/entities/calibrate.py

judged.csv holds the mentions that the program found on pages of scans it had not learned from, each with the confidence it
told (before any shift) and whether a reader who marked every name there saw the same: span and kind of name. For each group of
witnesses one number is fitted: how far the log-odds must be shifted. A prior (normal, one unit) keeps small groups near
what was told. The result, confidence.toml, is read by pipeline/recognize/confidence.py.
"""

from __future__ import annotations

import csv
import math
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))
from pipeline.recognize.confidence import group, shifted  # noqa: E402


def fit(cases: list[tuple[float, bool]]) -> float:
    """The shift of the log-odds that makes the judgements likeliest, by Newton's steps."""
    shift = 0.0
    for _ in range(50):
        told = [shifted(p, shift) for p, _ in cases]
        slope = sum(right - p for p, (_, right) in zip(told, cases, strict=True)) - shift
        shift += slope / (1 + sum(p * (1 - p) for p in told))
    return round(shift, 3)


def brier(cases: list[tuple[float, bool]], shift: float) -> float:
    return sum((shifted(p, shift) - right) ** 2 for p, right in cases) / len(cases)


def main() -> None:
    groups: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    with (HERE / "judged.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            groups[group(row["label"], row["method"])].append((float(row["told"]), row["right"] == "1"))
    lines = [
        "# Shifts of the log-odds of a mention's confidence, by who speaks for it. Made by calibrate.py from judged.csv.",
        "",
    ]
    for name, cases in sorted(groups.items()):
        shift = fit(cases)
        lines.append(f'"{name}" = {shift}')
        told, right = sum(p for p, _ in cases) / len(cases), sum(r for _, r in cases) / len(cases)
        now = sum(shifted(p, shift) for p, _ in cases) / len(cases)
        errors = f"Brier {brier(cases, 0):.3f} -> {brier(cases, shift):.3f}"
        print(f"{name:16} {len(cases):4}  told {told:.2f}  right {right:.2f}  fitted {now:.2f}  {errors}")
    assert all(math.isfinite(float(line.split("=")[1])) for line in lines[2:])
    (HERE / "confidence.toml").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
