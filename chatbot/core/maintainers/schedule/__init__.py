"""Releases that maintainers say are due: read, posted, moved, cancelled, and followed up when they come."""
