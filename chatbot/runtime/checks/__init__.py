"""Trying what is outside: accounts, rooms and sources without a trace, and one room with a message that is taken away again."""
