"""What is wrong in a published advisory: each finding in its own words, with what to change."""
