"""Where the pool's core gets its packs from."""
