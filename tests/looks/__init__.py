"""What people see: scenes of an invented project, their golden payloads, and what a reader must find in them."""
