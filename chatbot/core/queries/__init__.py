"""Questions: the table of commands, what an answer is computed from, and what a typed version means."""
