"""The law of accounts and transfers, without Django and without a database."""
