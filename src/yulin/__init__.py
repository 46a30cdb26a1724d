"""Yulin 雨林: an open technology-finance platform."""

__version__ = "0.1.0"
