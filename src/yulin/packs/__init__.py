"""Law as data: the vocabulary and one folder per pack, read by `yulin.rules.adapters.shipped`."""
