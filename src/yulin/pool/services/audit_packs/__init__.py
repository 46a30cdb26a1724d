"""Audit packs: written to a file, or made in the background and kept to be downloaded."""
