"""The database itself: engines, schema, tables, transactions, and values on disk."""
