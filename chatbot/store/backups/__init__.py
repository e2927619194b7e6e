"""The whole store as one SQLite file: a backup of a running bot, its restoration, and the move to the other kind of store."""
