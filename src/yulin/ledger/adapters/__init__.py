"""What PostgreSQL does for the ledger beside booking: it writes transfers as lines."""
