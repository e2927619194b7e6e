"""Tests of the loopback GitHub and of the story, and the real history that other tests serve through it."""
