"""Every write of the pool, one use case a module."""
