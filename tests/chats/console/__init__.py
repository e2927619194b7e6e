"""Tests of the terminal as a chat."""
