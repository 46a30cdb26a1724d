"""Home of each role."""
