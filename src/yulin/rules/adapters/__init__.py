"""Where packs come from: the folders that ship with Yulin."""
