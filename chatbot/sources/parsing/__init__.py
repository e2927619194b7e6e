"""Parsing of what comes from outside: small things here, everything else in a worker process with limits."""
