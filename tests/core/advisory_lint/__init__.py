"""Tests of what is found in published advisories."""
