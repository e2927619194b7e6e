"""Releases: what each one of a list is, which are old ones published late, and which one somebody means."""
