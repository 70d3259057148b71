"""Schemas of standards as their keepers publish them, kept in tests/standards."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

STANDARDS = Path(__file__).parents[1] / "standards"


class _Local(etree.Resolver):
    def resolve(self, url: str, public_id: str, context: object) -> object:
        return self.resolve_filename(str(STANDARDS / url.rsplit("/", 1)[-1]), context)


def schema(name: str) -> etree.XMLSchema:
    """The schema kept as `name`; what it imports is looked for beside it."""
    parser = etree.XMLParser()
    parser.resolvers.add(_Local())
    return etree.XMLSchema(etree.parse(STANDARDS / name, parser))
