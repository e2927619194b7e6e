"""Wiring and loops: what moves facts from the sources through the plan to the chats."""
