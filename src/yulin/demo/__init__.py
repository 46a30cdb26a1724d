"""The generator of the demo book: seeded, no file of data."""
