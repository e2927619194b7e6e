"""A loopback GitHub with a story to tell; the tests use the same loopback GitHub."""
