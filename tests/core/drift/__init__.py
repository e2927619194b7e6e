"""Tests of what has drifted apart."""
