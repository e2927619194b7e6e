"""Digests: routine news of a room or a person, collected in one message at a wall time."""
