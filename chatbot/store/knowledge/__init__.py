"""What is known of each project, kept: a batch is merged in one transaction, and all of it is read back at once."""

from chatbot.store.knowledge.facts import (
    Upserted,
    first_read_since,
    load,
    mark_gone,
    pages,
    sources,
    upsert,
    version,
    versions,
)

__all__ = [
    "Upserted",
    "first_read_since",
    "load",
    "mark_gone",
    "pages",
    "sources",
    "upsert",
    "version",
    "versions",
]
