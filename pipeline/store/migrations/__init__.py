"""How the schema came to be, step by step. Raise HEAD with each new file in `versions/`; versions sort as text."""

HEAD = "0009"
