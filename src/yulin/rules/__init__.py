"""Packs: law as data, and what it says about a firm."""
