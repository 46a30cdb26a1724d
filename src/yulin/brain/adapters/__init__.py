"""The brain's ways to files."""
