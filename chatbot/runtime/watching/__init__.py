"""Rooms that are watched by command: who may change that, what is written down, and what follows at once."""
