"""Pages of the brain: check-ups, what a change of law does, the library of policies and the desk of its editors."""
