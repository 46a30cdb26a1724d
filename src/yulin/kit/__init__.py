"""Django plumbing that every area uses."""
