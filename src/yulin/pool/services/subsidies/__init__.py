"""Subsidies of insurers for excess losses: decided, confirmed by another person, undone before they are paid, paid."""
