"""What rooms would have been shown of a recorded history: the same plan, moment by moment, with the time as an argument."""
