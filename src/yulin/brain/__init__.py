"""Policies, check-ups and matching: what the rules say of a firm, and what it could do."""
