"""Forms: words that readers saw and no lexicon has. Names, codewords, and what was misread.

The table `forms` is kept in step with the pages by whoever writes them (`take_in`, `let_go`). It is sorted by the forms'
beginnings and by their ends, so that a word that was misread in one half is found by the other among millions of forms.
On how many pages a form stands the full-text index knows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ARRAY, Connection, and_, delete, func, literal, select, text, true
from sqlalchemy import Text as SqlText

from pipeline.core import codec
from pipeline.core.page import Page, Word
from pipeline.store.fulltext import index_of
from pipeline.store.misreadings import lexicon
from pipeline.store.pace import Pace
from pipeline.store.schema import forms, pages
from pipeline.store.tokens import tokens
from pipeline.store.turns import wait_for

SHORTEST, LONGEST = 3, 40
DICTIONARY = 1  # how often words count in the lexicon that no paper has
ADDED = """
    INSERT INTO forms (form, back, sure) SELECT value ->> 0, value ->> 1, CAST(value ->> 2 AS float8) FROM {} WHERE true
    ON CONFLICT (form) DO UPDATE SET sure = excluded.sure WHERE excluded.sure > forms.sure
"""  # in one statement: row by row takes four times as long
LISTED = {"sqlite": "json_each(:rows)", "postgresql": "json_array_elements(CAST(:rows AS json)) AS listed (value)"}
LAST = "\U0010ffff"  # sorts behind every letter
CHUNK = 500
TEXT, CONFIDENCE = ([f.name for f in fields(Word)].index(name) for name in ("text", "confidence"))  # of a word as packed


def strange(word: str) -> bool:
    """Whether a word, as the index has it, is a form: of some length, more letters than figures, and in no lexicon, or only
    because a dictionary has it (gree, pred)."""
    if not SHORTEST <= len(word) <= LONGEST or lexicon().get(word, 0) > DICTIONARY:
        return False
    return word.isalpha() or 2 * sum(c.isalpha() for c in word) > len(word)


def take_in(conn: Connection, read: Iterable[Page]) -> None:
    """What pages that are written now add to the table."""
    _add(conn, ((word.text, word.confidence) for page in read for word in page.words))


def take_in_all(conn: Connection) -> None:
    """What all pages of the archive add."""
    pace = Pace("misreadings", conn.execute(select(func.count()).select_from(pages)).scalar_one())
    asked = select(pages.c.id, pages.c.words).order_by(pages.c.id).limit(CHUNK)
    last = 0
    while rows := conn.execute(asked.where(pages.c.id > last)).all():
        listed = (word for row in rows for word in codec.opened(Page, row.words)["words"])
        _add(conn, ((word[TEXT], word[CONFIDENCE]) for word in listed))
        last = rows[-1].id
        pace.done(len(rows))


def _add(conn: Connection, printed: Iterable[tuple[str, float]]) -> None:
    """Words as printed, each with the confidence that it was read with: of a form the highest is kept."""
    highest: dict[str, float] = {}
    for word, confidence in printed:
        if confidence > highest.get(word, -1.0):
            highest[word] = confidence
    sure: dict[str, float] = {}
    for word, confidence in highest.items():
        for form in tokens(word):
            if strange(form):
                sure[form] = max(sure.get(form, 0.0), round(confidence, 3))
    if sure:
        _keep(conn, sure)


def let_go(conn: Connection, texts: Iterable[str]) -> None:
    """Forms of the texts of pages that were removed, where no page has them any more."""
    had = {word for page_text in texts for word in tokens(page_text) if strange(word)}
    gone = sorted(had - index_of(conn).vocabulary(conn, had).keys()) if had else []
    for start in range(0, len(gone), CHUNK):
        conn.execute(delete(forms).where(forms.c.form.in_(gone[start : start + CHUNK])))


def _keep(conn: Connection, sure: Mapping[str, float]) -> None:
    known = sureness(conn, sure)
    new = [(form, form[::-1], some) for form, some in sorted(sure.items()) if some > known.get(form, -1.0)]
    if new:
        wait_for(conn, "forms")  # two writers that raise the same forms in another order would wait for each other
        conn.execute(text(ADDED.format(LISTED[conn.dialect.name])), {"rows": json.dumps(new)})


# look-up


def sureness(conn: Connection, words: Collection[str]) -> dict[str, float]:
    """Which of the words are forms, and how surely each was read."""
    listed = _listed(conn, sorted(words))
    asked = select(forms.c.form, forms.c.sure).select_from(listed.join(forms, forms.c.form == listed.c.value))
    return dict(map(tuple, conn.execute(asked).all()))


def beginning(conn: Connection, heads: Collection[str], lengths: tuple[int, int]) -> dict[str, float]:
    """The forms of some length that begin in one of these ways, and how surely each was read."""
    return _between(conn, forms.c.form, heads, lengths)


def ending(conn: Connection, tails: Collection[str], lengths: tuple[int, int]) -> dict[str, float]:
    """The forms of some length that end in one of these ways."""
    found = _between(conn, forms.c.back, [tail[::-1] for tail in tails], lengths)
    return {back[::-1]: sure for back, sure in found.items()}


def _between(conn: Connection, column: Any, starts: Collection[str], lengths: tuple[int, int]) -> dict[str, float]:
    listed = _listed(conn, sorted(starts))
    within = and_(
        column.between(listed.c.value, listed.c.value.op("||")(LAST)), func.length(column).between(*lengths)
    )
    if conn.dialect.name == "postgresql":  # each beginning for itself, along the index: as a join all forms would be read
        each = select(column.label("found"), forms.c.sure).where(within).offset(0).lateral()
        asked = select(each).select_from(listed.join(each, true()))
    else:
        asked = select(column.label("found"), forms.c.sure).select_from(listed.join(forms, within))
    return dict(map(tuple, conn.execute(asked).all()))


def _listed(conn: Connection, values: Sequence[str]) -> Any:
    """A table of one column, `value`, that holds the values."""
    if conn.dialect.name == "postgresql":
        return func.unnest(literal(list(values), ARRAY(SqlText))).table_valued("value", name="asked").render_derived()
    return func.json_each(json.dumps(values)).table_valued("value", name="asked")
