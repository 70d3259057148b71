"""The numbers that name a document, each by a rule of models/particulars/identifiers.toml."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from pipeline.core.findings import Particular
from pipeline.core.knowledge import table, toml
from pipeline.core.page import Page
from pipeline.parse.cues import alike, near
from pipeline.parse.rows import Passage, Row, rows_of
from pipeline.parse.sheets import Sheet

_FIGURES = str.maketrans("OoQDIl|SsBGZ)§", "00001115586215")


@cache
def _rules() -> tuple[dict[str, Any], ...]:
    return tuple(toml("particulars/identifiers.toml")["number"])


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


@cache
def rif_prefixes() -> dict[str, str]:
    """Record-number prefix to the agency's name on the forms."""
    return {row["prefix"]: row["agency_on_form"] for row in table("particulars/rif_prefixes.csv")}


def _value(rule: dict[str, Any], m: re.Match[str]) -> str:
    groups = {k: (v or "") for k, v in m.groupdict().items()}
    for name in rule.get("digits", ()):
        groups[name] = re.sub(r"\s", "", groups[name]).translate(_FIGURES)
    if rule["id"] == "film" and groups["l"] in "0O":
        groups["l"] = "D"
    if rule["id"] == "rif-cut":
        whole = [p for p in rif_prefixes() if p.endswith(groups["a"])]
        groups["a"] = whole[0] if len(whole) == 1 else groups["a"]
    if "m" in groups:
        groups["m"] = groups["m"].replace("0", "O")
    if "canon" in rule:
        groups["p"] = max(rule["canon"], key=lambda name: (near(groups["p"], name), -abs(len(name) - len(groups["p"]))))
        groups["n"] = re.sub(r"\s", "", groups["n"]).replace(".", ",")
    value = re.sub(r"\s+", " ", str(rule["value"]).format(**groups)).strip()
    return value.upper() if rule.get("upper") else value


def _particular(rule: dict[str, Any], page: int, row: Row | None, m: re.Match[str], confidence: float) -> Particular:
    passage = _words_under(row, m) if row else None
    return Particular(
        page=page, text=m.group().strip(), name=f"identifier:{rule['kind']}", value=_value(rule, m),
        box=passage.box if passage else None, boxes=passage.boxes if passage else (),
        start=passage.start if passage else None, end=passage.end if passage else None,
        confidence=round(confidence, 3), method=f"rule:{rule['id']}@1",
    )  # fmt: skip


def _words_under(row: Row, m: re.Match[str]) -> Passage:
    at = 0
    cells = []
    for c in row.cells:
        if at < m.end() and at + len(c.text) > m.start():
            cells.append(c)
        at += len(c.text) + 1
    return Passage.of(row.page, [cells or list(row.cells)])


def _in_margins(page: Page, row: Row) -> Iterator[Row]:
    """Chunks of a row that stand alone at the head, the foot or the right edge of the page."""
    height, width = page.height or row.box.bottom + 400, page.width or 612.0
    for chunk in row.chunks(3.0):
        outer = chunk.box.top < 0.16 * height or chunk.box.bottom > 0.84 * height or chunk.box.left > 0.68 * width
        if outer and len(chunk.cells) <= 4:
            yield chunk


def _searched(
    rule: dict[str, Any], pages: Sequence[Page], all_pages: Sequence[Page], rows_by_page: Mapping[int, Sequence[Row]]
) -> Iterator[tuple[Page, Row]]:
    """The rows, or parts of rows, in which a rule looks."""
    where = rule["where"]
    source = all_pages if rule.get("sheets") else pages
    if where == "subject":
        return
    for page in source if where in ("every", "margins") else pages[:1]:
        rows = rows_by_page[page.number]
        height = page.height or (rows[-1].box.bottom + 1 if rows else 1.0)
        for row in rows:
            if where in ("head", "head-right") and row.box.top > 0.42 * height:
                break
            if where == "head-right":
                for chunk in row.chunks(3.0):
                    if chunk.box.left > 0.6 * (page.width or 612.0):
                        yield page, chunk
            elif where == "margins":
                for chunk in _in_margins(page, row):
                    yield page, chunk
            else:
                yield page, row


def find_identifiers(
    pages: Sequence[Page],
    all_pages: Sequence[Page],
    subject: Passage | None,
    natures: Iterable[str],
    sheet: Sheet | None,
) -> list[Particular]:
    """Numbers of a document: from its own `pages`, from its release lines on `all_pages`, from its sheet.

    `natures` are the document's agency, kind and sender, by which a rule may be limited. A rule without `many` keeps the reading
    that stands on most pages, and of equals the first.
    """
    about = set(natures)
    found: list[Particular] = []
    rows_by_page = {p.number: rows_of(p) for p in {q.number: q for q in (*all_pages, *pages)}.values()}
    for rule in _rules():
        if (rule.get("of") and not about & set(rule["of"])) or about & set(rule.get("unless", ())):
            continue
        pattern = _pattern(rule["pattern"])
        hits: dict[str, list[Particular]] = defaultdict(list)
        if rule["where"] == "subject" and subject:
            for m in pattern.finditer(subject.text):
                p = _particular(rule, subject.page, None, m, 0.85)
                hits[p.value].append(p)
        for page, row in _searched(rule, pages, all_pages, rows_by_page):
            for m in pattern.finditer(row.text):
                p = _particular(rule, page.number, row, m, 0.85)
                if not rule["id"].startswith("rif") or p.value[:3] in rif_prefixes():
                    hits[p.value].append(p)
        if not hits or (rule.get("only") and any(p.name == f"identifier:{rule['kind']}" for p in found)):
            continue
        if rule.get("many"):
            found += [ps[0] for ps in hits.values()]
        else:
            found.append(_elected(rule, hits, sheet))
    found = [_of_post(p, about) if p.method.startswith("rule:cite@") else p for p in found]
    return _whole([*found, *_of_sheet(sheet, found)])


def record_number(pages: Sequence[Page]) -> str | None:
    """The record number that a release line tells at a page's edge; None when none can be read."""
    votes: Counter[str] = Counter()
    rule = next(r for r in _rules() if r["id"] == "rif")
    for page in pages:
        hits = _pattern(rule["pattern"]).finditer(page.text)
        votes.update({value for m in hits if (value := _value(rule, m))[:3] in rif_prefixes()})
    return max(votes, key=lambda value: votes[value], default=None)


def _of_post(cited: Particular, natures: Iterable[str]) -> Particular:
    """A CIA message's own number with its post put right: it is cited by the first four letters of the sender's name, of
    which a reader may have missed one (PART 9068 from PARIS)."""
    post, _, number = cited.value.partition(" ")
    names = (n[:4] for n in natures if re.fullmatch(r"[A-Z][A-Z ]{3,}", n) and n != "DIRECTOR")
    meant = next((name for name in names if len(post) == 4 and alike(name, post, 1)), post)
    return replace(cited, value=f"{meant} {number}")


def _whole(found: Sequence[Particular]) -> list[Particular]:
    """Without the file numbers that only lack the serial of another: 163-15064 beside 163-15064-1."""
    files = [p.value for p in found if p.name == "identifier:file"]
    return [p for p in found if p.value not in files or not any(_extends(other, p.value) for other in files)]


def _extends(longer: str, number: str) -> bool:
    return longer.startswith((f"{number}-", f"{number}/"))


def _elected(rule: dict[str, Any], hits: dict[str, list[Particular]], sheet: Sheet | None) -> Particular:
    """The reading that most pages bear out, letter by letter where they differ in a letter."""
    votes = Counter({value: len({p.page for p in ps}) for value, ps in hits.items()})
    if rule["id"] == "rif" and sheet and (own := sheet.fields.get("record_number")):
        m = _pattern(rule["pattern"]).search(own.text)
        if m and _value(rule, m) in hits:
            votes[_value(rule, m)] += 2
    if sheet and (m := _pattern(rule["pattern"]).search(sheet.text("title"))):
        printed = _value(rule, m)  # the sheet is printed, and often names the report it goes with
        misread = max(hits, key=lambda v: near(v, printed))
        if printed not in hits and near(misread, printed) > 0:
            return replace(hits[misread][0], value=printed)
    value = max(
        votes, key=lambda v: (sum(n for u, n in votes.items() if u == v or _extends(v, u)), -list(hits).index(v))
    )
    return hits[value][0]


def _of_sheet(sheet: Sheet | None, found: Sequence[Particular]) -> Iterator[Particular]:
    """The numbers that only the identification sheet tells: its record number, the agency's file, a document number."""
    if not sheet:
        return
    have = {re.sub(r"\W", "", p.value) for p in found}
    for name, kind in (("record_number", "rif"), ("file_number", "file"), ("comments", "other")):
        passage = sheet.fields.get(name)
        text = sheet.text(name)
        if not passage or not text:
            continue
        if name == "record_number" and any(p.name == "identifier:rif" for p in found):
            continue
        if name == "record_number":
            m = re.search(r"\d{3}-\d{5}-\d{5}", text.translate(_FIGURES))
            text = m.group() if m else ""
        if name == "file_number":
            text = re.sub(r"^C[RA]\s+|\s+(?:AGENCY )?ORIGINATOR\b.*|(?:\s+[a-z|'.,-]{1,2})+$", "", text)
            text = "" if re.search(r"(?i)see title|^pages? \d", text) else text
            if m := re.fullmatch(r"([\dOIl]{2})T([\dOIl]{5})([A-Z])", text):
                text = f"{m[1].translate(_FIGURES)}T{m[2].translate(_FIGURES)}{m[3]}"
        if name == "comments":
            m = re.search(r"DOC\. ?#\s?\d+", text)
            text = m.group() if m else ""
        if text and re.sub(r"\W", "", text) not in have:
            yield Particular(page=sheet.page, text=passage.text, name=f"identifier:{kind}", value=text, box=passage.box,
                             boxes=passage.boxes, start=passage.start, end=passage.end, confidence=0.9,
                             method=f"rule:sheet-{name}@1")  # fmt: skip
