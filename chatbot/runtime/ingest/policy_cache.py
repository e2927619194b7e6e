"""Policy texts read once: the same page is asked about many times between two changes."""

from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.watches import LineStyle
from chatbot.core.support.current import unreadable
from chatbot.core.support.policy import Policy, line_style
from chatbot.ports import Clock, SourceUnavailable
from chatbot.sources.parsing.documents import Document, Outcome, Parsed, Quarantined
from chatbot.sources.parsing.outcomes import failure_of
from chatbot.sources.parsing.reader import Reader

MOST = 256  # texts kept: more than one bot's projects, the former text of each included
_NOT_YET = unreadable("The page has not been read yet; ask again in a minute.")


@dataclass(frozen=True, slots=True)
class _CachedPolicy:
    """A reading, and when one that failed is due for another attempt. `is_failure`: the page was not parsed, whatever it says."""

    policy: Policy
    again_at: datetime | None = None
    is_failure: bool = False


class PolicyReader:
    """Reads a policy page's text, and keeps the last readings."""

    def __init__(self, reader: Reader, clock: Clock) -> None:
        self._reader, self._clock = reader, clock
        self._cache: OrderedDict[str, _CachedPolicy] = OrderedDict()

    def read(self, text: str) -> Policy:
        """The policy in a text that was prepared; an unreadable one says why in its `problem`."""
        entry = self._cache.get(text)
        return entry.policy if entry is not None else _NOT_YET

    async def prepare(self, page: PolicyPage) -> None:
        """Have its text parsed, unless it was. The store must not be locked: what is parsed is written down first. Raises
        SourceUnavailable where no parser can be started."""
        if self.wants(page):
            self._keep(page.text, await self._reader.parse(_document(page)))

    async def prepare_all(self, pages: Iterable[PolicyPage]) -> None:
        """The same for the pages that answers and plans are made from; after a start none of them is read yet. Nothing is
        written down, so it is done in a process."""
        for page in pages:
            if page.text not in self._cache:
                with suppress(SourceUnavailable):  # then it has not been read yet
                    self._keep(page.text, await self._reader.parse_apart(_document(page)))

    def has_read(self, pages: Iterable[PolicyPage]) -> bool:
        """Whether all of them were parsed, or it was tried."""
        return all(page.text in self._cache for page in pages)

    def was_parsed(self, text: str) -> bool:
        """Whether its parser came to an end with it: then `read` says what the page says, not what kept us from reading it."""
        entry = self._cache.get(text)
        return entry is not None and not entry.is_failure

    def wants(self, page: PolicyPage) -> bool:
        """Whether its text was not parsed yet, or could not be and is due for another attempt."""
        entry = self._cache.get(page.text)
        if entry is None:
            return True
        self._cache.move_to_end(page.text)
        return entry.again_at is not None and self._clock() >= entry.again_at

    def _keep(self, text: str, outcome: Outcome) -> None:
        if isinstance(outcome, Parsed) and isinstance(outcome.value, Policy):
            self._cache[text] = _CachedPolicy(outcome.value)
        else:
            again_at = outcome.again_at if isinstance(outcome, Quarantined) else None
            reason = failure_of(outcome) or "its parser made something else of it"
            self._cache[text] = _CachedPolicy(
                unreadable(f"The page could not be read: {reason}."), again_at, is_failure=True
            )
        self._cache.move_to_end(text)
        if len(self._cache) > MOST:
            self._cache.popitem(last=False)

    def readable(self, text: str) -> bool:
        """Whether the page says anything about support that a program can answer from."""
        return (
            bool(text.strip()) and self.read(text).readable
        )  # a page without words comes where there is one nobody can read

    def lines(self, facts: Knowledge) -> LineStyle:
        """What the page in force calls a line; "auto" where it does not say."""
        return line_style(self.read(facts.policy.page.text)) if facts.policy is not None else "auto"


def _document(page: PolicyPage) -> Document:
    name = page.path or page.url or "the security policy"
    return Document(kind="policy", project=page.project, name=name, content=page.text.encode("utf-8", "surrogatepass"))
