"""What an export is made of: the rows of an archive, or of what a search chose of it, with the values that are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from pipeline.store.chosen import Wanted
from pipeline.store.correctable import FIELDS
from pipeline.store.corrections import overlay
from pipeline.store.rows import Row, stream
from pipeline.store.schema import metadata

VALUES = ("corrected", "machine")


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of an archive as it is seen now. `values` are corrected, as people set them right, or machine, as the program
    alone said."""

    connection: Connection
    wanted: Wanted | None = None
    values: str = "corrected"

    def stream(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """The rows of a table, some columns of each, as `rows.stream` gives them."""
        if self.values == "corrected" or table not in FIELDS:
            return stream(self.connection, table, columns, self.wanted)
        every = metadata.tables[table].columns.keys()  # corrections know a row by its key and its place
        rows = stream(self.connection, table, every, self.wanted)
        told = overlay(self.connection, table, every, rows, self.values, self.wanted)
        return ({name: row[name] for name in columns} for row in told)
