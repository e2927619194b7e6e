"""A database, and what had been posted, of the program as it was before its tables and classes got the names that they have."""
