"""Firms: who they are and what each source says of them."""
