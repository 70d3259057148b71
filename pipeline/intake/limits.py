"""The bound on pixels that keeps one absurd page from taking the machine."""

from __future__ import annotations

from pipeline.errors import TooLargeError

LEAST_DPI = 100.0  # below this, typescript can no longer be read; a page that needs less is refused instead


def fitting_dpi(size: tuple[float, float], dpi: float, megapixels: float, number: int) -> float:
    """The highest resolution up to `dpi` at which a page of `size` points has at most `megapixels`.

    Raises TooLargeError when it would lie below LEAST_DPI (or below `dpi`, where less was asked for)."""
    width, height = size
    inches = width * height / 72**2
    most = (megapixels * 1e6 / inches) ** 0.5 if inches > 0 else dpi
    if most < min(dpi, LEAST_DPI):
        raise TooLargeError(
            f"page {number} measures {width / 72:,.0f} x {height / 72:,.0f} inches, too large to draw within "
            f"{megapixels:g} megapixels",
            "Check the file; raise the limit with --max-megapixels if the page is sound.",
        )
    return min(dpi, most)
