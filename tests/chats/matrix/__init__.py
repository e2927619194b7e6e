"""Tests of the Matrix chat, against a real Synapse."""
