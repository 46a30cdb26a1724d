"""Files and machines outside: what they send, read row by row."""
