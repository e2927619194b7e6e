"""Tests of what maintainers do."""
