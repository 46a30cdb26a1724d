"""An audit pack: what one loan or one year was decided on and paid, to be recomputed without Yulin."""
