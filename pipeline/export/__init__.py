"""Rows become files."""
