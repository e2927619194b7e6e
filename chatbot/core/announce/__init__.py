"""Announcements: what each room should show, decided, worded, and compared with what it shows already."""
