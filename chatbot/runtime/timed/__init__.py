"""What comes by the clock and by no poll: digests of rooms, and reminders of ends of support."""
