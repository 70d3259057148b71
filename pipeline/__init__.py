"""declass: scanned, declassified memos become an archive that can be searched, studied and trusted."""

__version__ = "0.1.0"
