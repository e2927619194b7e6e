"""Tests of the sources: recorded bytes, and the loopback GitHub over a real socket."""
