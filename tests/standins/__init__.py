"""Stand-ins for the outside world: small servers on loopback that behave like the real ones and keep a record."""
