"""Payment of vouchers: batches, two releases, the bank's answers."""
