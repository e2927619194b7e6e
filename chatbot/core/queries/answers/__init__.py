"""The answers, one module per question."""
