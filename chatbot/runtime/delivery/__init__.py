"""From the outbox to a chat: claim, attempt, record, and what follows from failures."""
