"""A support policy: its rows, its verdict on a version, what changed in it and what is wrong with it."""
