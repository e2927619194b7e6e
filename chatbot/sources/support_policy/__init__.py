"""A support policy page: fetched, taken apart, and read."""
