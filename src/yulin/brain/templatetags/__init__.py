"""Template tags of the brain."""
