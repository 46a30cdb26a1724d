"""The pure kernel that every area stands on: money, shares, dates, identifiers, outcomes, errors. No Django, no I/O."""
