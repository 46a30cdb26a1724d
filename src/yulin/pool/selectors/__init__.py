"""Every read of the pool: enrolments, limits, returns, schemes, answers, the board, what is public."""
