"""Tests of release notes as rooms are shown them."""
