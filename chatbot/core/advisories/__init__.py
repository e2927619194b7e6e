"""Advisories: one for all its ids, which versions it affects, and which release fixes it by published evidence."""
