"""Accounts and transfers, nothing else."""
