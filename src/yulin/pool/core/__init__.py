"""The pool's rules as pure functions: states, limits, screening, ratios, settlement, recoveries, returns."""
