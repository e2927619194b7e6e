"""Roles that people opt into for a release line: which there should be, and which a security announcement pings."""
