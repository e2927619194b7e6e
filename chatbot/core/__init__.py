"""What we know and decide: pure values and functions, without I/O, clock or platform."""
