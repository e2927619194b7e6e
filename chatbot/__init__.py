"""Watches a project's releases and security advisories, tells the right rooms, and answers questions there."""
