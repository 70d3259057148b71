"""One HTML page on an archive: what it holds, how long it waited, what is withheld, how well it was read, what needs a
person. It stands alone: no script, no font and no picture from elsewhere, and it prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import __version__
from pipeline.errors import FileAccessError
from pipeline.export import charts
from pipeline.store.census import Census
from pipeline.store.rows import Change
from pipeline.store.status import LOW, Overview
from pipeline.store.summary import LEVELS, NO_MARKING, NOT_LOOKED, Summary

SAID = {"none": "none stated"}  # stamps that decide nothing
MOST = 20  # bars in a chart; the table beside it has all


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a report says. `meaning` tells what an exemption code stands for."""

    title: str
    query: str | None
    change: Change
    summary: Summary
    by_agency: Census
    by_exemption: Census
    overview: Overview
    meaning: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: a sentence, a chart, its numbers. `right` are the columns of figures; `open` shows the numbers."""

    title: str
    text: str
    chart: str = ""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    right: Sequence[int] = ()
    open: bool = False


def write_report(facts: Facts, out: Path) -> None:
    """Writes the page to `out`, whole or not at all. Raises FileAccessError when it cannot be written."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_text(page(facts), "utf-8")
        part.replace(out)
    except OSError as error:
        raise FileAccessError(
            f"{out} cannot be written: {error.strerror}", "Choose a place where you may write."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def page(facts: Facts) -> str:
    """The page as HTML; the same archive gives the same page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return made.get_template("report.html").render(
        title=facts.title,
        scope=f"Documents that the search {facts.query} finds." if facts.query else "The whole archive.",
        figures=[{"name": name, "value": f"{value:,}"} for name, value in _figures(facts.summary)],
        sections=list(sections(facts)),
        version=__version__,
        at=facts.change.at,
        hash=facts.change.hash,
    )


def sections(facts: Facts) -> Iterator[Section]:
    """The parts of the page, in order."""
    yield _years(facts.summary)
    yield _waits(facts.summary)
    yield _decisions(facts.summary)
    yield _agencies(facts.by_agency)
    yield _exemptions(facts.by_exemption, facts.meaning)
    yield _readings(facts.summary)
    yield _care(facts.overview, facts.query)


def _figures(s: Summary) -> Iterator[tuple[str, int]]:
    yield from (("documents", s.documents), ("pages", s.pages))
    yield from (
        (status, s.statuses[status]) for status in ("complete", "partial", "quarantined") if s.statuses.get(status)
    )
    yield from (("stamps", s.stamps), ("redactions", s.redactions), ("recommendations", s.recommendations))


def _years(s: Summary) -> Section:
    dated = sum(s.levels.values())
    text = f"{_of(dated, s.documents, 'document')} {_verb(dated, 'has', 'have')} a date that was read"
    text += f"; {s.undated:,} without one {_verb(s.undated, 'is', 'are')} not in the chart." if s.undated else "."
    rank = {level: n for n, level in enumerate((*LEVELS, NO_MARKING, NOT_LOOKED))}
    ordered = sorted(s.levels.items(), key=lambda kv: (kv[0][0], rank.get(kv[0][1], len(rank))))
    rows = [{"year": year, "level": level, "documents": n} for (year, level), n in ordered]
    return Section(
        "Documents by year and original classification",
        text,
        charts.svg(charts.by_year(rows), "Documents by year and original classification") if rows else "",
        ("year", "highest original classification", "documents"), [tuple(row.values()) for row in rows], (2,),
    )  # fmt: skip


def _waits(s: Summary) -> Section:
    rows = [{"year": year, "waited": years, "documents": n} for (year, years), n in sorted(s.delays.items())]
    waited: Counter[int] = Counter()
    for (_, years), n in s.delays.items():
        waited[years] += n
    if waited:
        quarter, middle, most = (_quantile(waited, share) for share in (0.25, 0.5, 0.75))
        text = f"{_of(waited.total(), s.documents, 'document')} {_verb(waited.total(), 'has', 'have')} both dates. "
        text += f"Half of them waited {quarter} to {most} years; the median is {middle}."
    else:
        text = "No document has both a date of its own and a dated release."
    if s.unreleased:
        bear = _verb(s.unreleased, "bears", "bear")
        text += f" Beside them, {_many(s.unreleased, 'document')} of a known date {bear} no dated release."
    if s.backward:
        text += f" Of {_many(s.backward, 'document')} the release is dated before the origin: a misread date, left out here."
    return Section(
        "From creation to release", text,
        charts.svg(charts.delays(rows), "Years from creation to release by year of creation") if rows else "",
        ("year of creation", "years until release", "documents"),
        [tuple(r.values()) for r in rows], (1, 2),
    )  # fmt: skip


def _decisions(s: Summary) -> Section:
    rows = [
        (SAID.get(what, what.replace("_", " ")), n)
        for what, n in sorted(s.decisions.items(), key=lambda kv: (-kv[1], kv[0]))
    ]
    text = "What was decided last about the whole document, as its stamps say it."
    return Section("Decisions", text, "", ("decision", "documents"), rows, (1,), True)


def _agencies(census: Census) -> Section:
    looked = census.total.documents - census.total.not_looked
    redacted = census.total.documents_redacted
    text = f"{_of(redacted, looked, 'document')} {_verb(redacted, 'is', 'are')} redacted; "
    text += f"{_percent(census.total.withheld)} of the area of all pages is withheld."
    if census.total.not_looked:
        text += f" In {census.total.not_looked:,} documents redactions were not looked for; they are in no share."
    bars = [
        {"agency": c.group, "share": c.withheld, "label": f"{_percent(c.withheld)} of {_many(c.pages, 'page')}"}
        for c in census.groups
        if c.pages
    ][:MOST]
    rows = [
        (c.group, c.documents, c.documents_redacted, c.pages, c.pages_redacted, _percent(c.withheld))
        for c in census.groups
    ]
    return Section(
        "Withheld, by agency of origin", text,
        charts.svg(charts.shares(bars, "agency"), "Share withheld by agency") if bars else "",
        ("agency", "documents", "redacted", "pages", "redacted", "withheld"), rows, (1, 2, 3, 4, 5),
    )  # fmt: skip


def _exemptions(census: Census, meaning: Callable[[str], str]) -> Section:
    found = [c for c in census.groups if c.redactions]
    bars = [
        {"exemption": c.group, "share": c.withheld, "label": f"{_percent(c.withheld)}, {_many(c.redactions, 'place')}"}
        for c in found
    ][:MOST]
    rows = [(c.group, meaning(c.group), c.documents_redacted, c.redactions, _percent(c.withheld)) for c in found]
    text = "Under which exemption, as far as a code stands in or beside the withheld place. "
    text += "A place with several counts under each."
    return Section(
        "Withheld, by exemption", text if found else "No withheld place was found.",
        charts.svg(charts.shares(bars, "exemption"), "Share withheld by exemption") if bars else "",
        ("exemption", "protects", "documents", "places", "withheld"), rows, (2, 3, 4),
    )  # fmt: skip


def _readings(s: Summary) -> Section:
    rows = [{"batch": r.batch, "grade": g, "pages": n} for r in s.readings for g, n in r.grades.items()]
    names = list(dict.fromkeys(grade for r in s.readings for grade in r.grades))
    table: list[Sequence[object]] = [
        (r.batch, *(r.grades.get(n, 0) for n in names), "" if r.confidence is None else f"{r.confidence:.2f}")
        for r in s.readings
    ]
    text = "The grade follows the mean confidence of a page's words: good from 0.90, fair from 0.75, poor from 0.45 or "
    text += "as long as most of them look like words."
    return Section(
        "How well the pages were read, by batch", text if rows else "No page was read yet.",
        charts.svg(charts.grades(rows), "Pages by grade of reading and batch") if rows else "",
        ("batch", *names, "mean confidence"), table, tuple(range(1, len(names) + 2)),
    )  # fmt: skip


def _care(overview: Overview, query: str | None) -> Section:
    rows: list[tuple[object, ...]] = [(c.what, c.count, "; ".join(c.examples)) for c in overview.care]
    rows += [(f"failed: {c.stage}, {c.error}", c.count, "; ".join(c.examples)) for c in overview.causes]
    text = f"What the program knows that it does not know{', over the whole archive' if query else ''}."
    text += f" A particular counts when its confidence is below {LOW}." if rows else " Nothing is open."
    return Section("What needs a person", text, "", ("what", "count", "such as"), rows, (1,), True)


def _quantile(counts: Mapping[int, int], share: float) -> int:
    """The least value that at least `share` of all do not exceed."""
    left = share * sum(counts.values())
    for value in sorted(counts):
        left -= counts[value]
        if left <= 0:
            return value
    return max(counts)


def _percent(share: float) -> str:
    return "0 %" if not share else f"{share:.1%}".replace("%", " %") if share >= 0.0005 else "under 0.1 %"


def _of(some: int, every: int, what: str) -> str:
    return f"{some:,} of {_many(every, what)}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _verb(count: int, one: str, many: str) -> str:
    return one if count == 1 else many
