"""Pages of the pool: enrolments, review, returns, schemes, pre-loan answers, uploads, and those for everybody."""
