"""The watchdog."""
