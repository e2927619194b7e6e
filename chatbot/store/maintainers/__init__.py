"""What maintainers decided, and what it takes back."""
