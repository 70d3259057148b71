"""Values only, standard library only. Everything else in the house speaks in these."""
