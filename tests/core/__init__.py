"""Tests of the core: tables and properties, no fixtures, no async."""
