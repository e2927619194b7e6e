"""Pages of items as sources take them in: taken apart, then each item parsed, or kept by its plain fields where it cannot be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.text.words import count
from chatbot.ports import SourceRefused, SourceUnavailable
from chatbot.sources.http.json_body import HasBody
from chatbot.sources.parsing.documents import Document, Item, Outcome, Page, Parsed, Quarantined
from chatbot.sources.parsing.outcomes import failure_of, value_of
from chatbot.sources.parsing.reader import Reader

_MAX_REASONS = 20


def _every(_name: str) -> bool:
    return True


@dataclass(slots=True, kw_only=True)
class Heap:
    """What the pages of one poll brought so far. What is not published leaves no trace in it.

    reader: who parses
    kind: how a page is taken apart, a key of `parsers.PARSERS`
    project: the id of the project that it is for
    origin: what a complaint begins with: a repository, a database
    wanted: whether an item of this name is the project's; the others are there all the same
    facts: by tag or id, the first of each
    subjects: of all items that are there, whether they could be read or not
    reasons: why items could not be read, a line each
    passed_over: how many items left nothing that could be kept, not even an id and a date
    again_at: when the first of those that could not be parsed is due for another attempt
    """

    reader: Reader
    kind: str
    project: ProjectId
    origin: str
    accepts: Callable[[str], bool] = _every
    facts: dict[str, Release | Advisory] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)
    passed_over: int = 0
    again_at: datetime | None = None

    @property
    def unreadable(self) -> tuple[str, ...]:
        """What a batch says of what was passed over."""
        return tuple(self.reasons[:_MAX_REASONS])

    @property
    def gap(self) -> str:
        """What a batch lacks because of what was passed over; "" where nothing was. Its silence proves nothing then."""
        return f"{count(self.passed_over, 'item')} could not be read" if self.passed_over else ""

    async def read_marks(self, page: HasBody) -> list[str]:
        """Keep the items of one page, and return their marks. Raises SourceUnavailable where it is no such page."""
        return [item.mark for item in (await self.take_page(page)).items if item.mark]

    async def take_page(self, page: HasBody) -> Page:
        """The same, and return the page."""
        apart = await self._apart(self.kind, page)
        self.subjects |= {item.subject for item in apart.items if item.subject}
        problems = [f"{self.origin}: {item.problem}" for item in apart.items if item.problem]
        self.reasons, self.passed_over = [*self.reasons, *problems], self.passed_over + len(problems)
        new = {_name(item): item for item in reversed(apart.items) if item.document and self.accepts(_name(item))}
        items = [item for name, item in reversed(new.items()) if name not in self.facts]
        for item, fact in zip(items, await self._parsed(items), strict=True):
            if fact is not None:
                self.facts[_name(item)] = fact
        return apart

    async def one(self, kind: str, page: HasBody) -> Release | Advisory | None:
        """The one item at its own address; None where it is not published. Raises SourceRefused where it is no such item."""
        for item in (await self._apart(kind, page)).items:
            if item.document is None:
                raise SourceRefused(f"{self.origin}: {item.problem}")
            (fact,) = await self._parsed([item])
            if fact is None:
                raise SourceUnavailable(f"{self.origin}: {_name(item)} cannot be parsed just now")
            return fact
        return None

    async def _apart(self, kind: str, page: HasBody) -> Page:
        document = Document(kind=kind, project=self.project, name=page.place, content=page.body)
        return value_of(await self.reader.parse(document), Page, page.place)

    async def _parsed(self, items: Sequence[Item]) -> list[Release | Advisory | None]:
        """What each item comes to; None for what was made of the very same content before, and still holds."""
        documents = [item.document for item in items if item.document is not None]
        outcomes = await self.reader.parse_all(documents)
        return [self._fact(item, outcome) for item, outcome in zip(items, outcomes, strict=True)]

    def _fact(self, item: Item, outcome: Outcome) -> Release | Advisory | None:
        if isinstance(outcome, Parsed) and isinstance(outcome.value, Release | Advisory):
            return _with_assets(outcome.value, item.bare)
        if isinstance(outcome, Quarantined):
            self.again_at = min(self.again_at or outcome.again_at, outcome.again_at)
            if outcome.parsed_before:
                return None
        reason = failure_of(outcome) or "it made something else of it"
        self.reasons.append(f"{self.origin}: {_name(item)} cannot be parsed: {reason}")
        assert item.bare is not None  # noqa: S101 - whatever has a document has its plain fields
        return replace(item.bare, unread=reason)


def _with_assets(fact: Release | Advisory, bare: Release | Advisory | None) -> Release | Advisory:
    """A release with its files, which are among its plain fields: that more are there is no reason to parse it again."""
    if isinstance(fact, Release) and isinstance(bare, Release):
        return replace(fact, assets=bare.assets)
    return fact


def _name(item: Item) -> str:
    return item.document.name if item.document is not None else ""
