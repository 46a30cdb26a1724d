"""Tags of the shell."""
