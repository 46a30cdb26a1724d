"""Pages of the shell: the board, home, finding, accessibility."""
