"""Real input from outside the project; skipped, with the reason, where it is not there."""
