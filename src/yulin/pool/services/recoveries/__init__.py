"""Every write of money that comes back, one use case a module."""
