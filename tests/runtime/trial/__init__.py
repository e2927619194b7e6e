"""Tests of reading a repository once."""
