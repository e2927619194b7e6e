"""Ranges of versions: read from the words in which people publish them, and asked whether a version is within."""
