"""Where everything is remembered: knowledge, ledger, outbox, inbox and leases, on SQLite or PostgreSQL."""
