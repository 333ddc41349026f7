"""Ecofolio: agile programme management for a bank's ecosystem initiatives."""

__version__ = "0.1.0"
