"""Places of a page where something is withheld, one style a module; `pipeline.parse.redactions` joins them."""
