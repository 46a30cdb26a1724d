"""Readers and writers of files: XLSX and CSV in, templates and results out."""
