"""Questions: the table of commands, the context an answer is computed from, and what a typed version refers to."""
