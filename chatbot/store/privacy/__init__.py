"""What is stored of one person: shown to them, and forgotten at their word."""
