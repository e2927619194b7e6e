"""What commands write: escaped for a terminal, in tables that fit it."""
