"""A reader of policy pages for tests whose pages are small: no process is started for them."""

from chatbot.ports import Clock
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.sources.parsing.journal import MemoryJournal
from chatbot.sources.parsing.pool import ParserPool
from chatbot.sources.parsing.process import Limits
from chatbot.sources.parsing.reader import Reader


def policy_reader(clock: Clock) -> PolicyReader:
    return PolicyReader(Reader(ParserPool(Limits()), MemoryJournal(clock), clock), clock)
