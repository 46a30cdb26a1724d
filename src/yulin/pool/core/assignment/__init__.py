"""The assignment of compensated debts (债权转移): timeline, kinds, pre-flight and the year-end plan."""
