"""Every write of claims, one use case a module."""
