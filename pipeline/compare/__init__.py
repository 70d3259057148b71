"""Releases of one document held against each other: fingerprints, alignment, what one opens and the other withholds."""
