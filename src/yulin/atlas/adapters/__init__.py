"""Where atlas meets PostgreSQL in bulk."""
