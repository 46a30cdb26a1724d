"""Commands of the plumbing."""
