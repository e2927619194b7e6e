"""Asks registries for the images of releases."""
