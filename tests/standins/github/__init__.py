"""The loopback GitHub of the demo, made to fail."""
