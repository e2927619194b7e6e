"""Reminders of ends of support, computed anew each day from the policy page as it stands then."""
