"""Outside input of the pool's pages, parsed and shaped into the arguments of services."""
