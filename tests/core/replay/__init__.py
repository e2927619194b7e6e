"""Tests of replaying a recorded history."""
