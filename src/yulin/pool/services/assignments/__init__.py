"""Every write of packages of debts, one use case a module."""
