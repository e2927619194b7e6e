"""Advisories as JSON, whoever publishes them: fields, scores, and files on disk."""
