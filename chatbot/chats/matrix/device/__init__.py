"""The bot's Matrix device: login, keys, identity, and what it keeps on disk."""
