"""The risk-compensation pool: schemes, enrolments, returns."""
