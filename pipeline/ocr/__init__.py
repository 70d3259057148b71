"""Scans become pages of words: image work, readers, fusion, quality."""
