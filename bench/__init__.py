"""Measurements: the exam, ratios against bare engines, the soak."""
