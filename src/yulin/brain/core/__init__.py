"""Pure decisions of the check-up: standing, ways to qualify, simulation."""
