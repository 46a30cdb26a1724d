"""Files as pure functions: heads to fields, cells to typed columns, each problem with its cell and reason."""
