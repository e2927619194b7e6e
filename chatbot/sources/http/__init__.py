"""One careful request: conditional, capped in size and time, guarded against private addresses."""
