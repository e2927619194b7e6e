"""What is known of each project, kept: a batch is merged in one transaction, and all of it is read back at once."""

from chatbot.store.knowledge.facts import (
    ReadTimes,
    Upserted,
    load,
    mark_gone,
    read_times,
    upsert,
    version,
)

__all__ = [
    "ReadTimes",
    "Upserted",
    "load",
    "mark_gone",
    "read_times",
    "upsert",
    "version",
]
