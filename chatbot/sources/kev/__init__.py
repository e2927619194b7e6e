"""CISA's catalogue of known exploited vulnerabilities."""
