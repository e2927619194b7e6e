"""News → subscribers: who is gone through for what, slice by slice, and what is said to them again."""
