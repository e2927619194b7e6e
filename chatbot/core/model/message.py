"""The neutral message, before a chat formats it. It has no markup, so that no foreign text can act."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.rendering import Rendering
from chatbot.core.model.severity import Severity
from chatbot.core.text import patterns
from chatbot.core.text.words import calendar_day

_EMPTY_LINES = patterns.compile(r"\n{3,}")


class Tone(StrEnum):
    """The kind of message; a chat shows it as a colour and a word, never as a colour alone."""

    ROUTINE = "routine"
    SECURITY = "security"
    CRITICAL = "critical"
    POLICY = "policy"
    ANSWER = "answer"
    GOOD = "good"  # an answer that needs no action: supported, not affected
    WARNING = "warning"  # an answer that needs action: ended, affected
    UNSURE = "unsure"  # an honest "I don't know"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text; several empty lines in a row become one, so that no chat has to deal with thousands. `image`: the address of
    the image that it describes, where it is nothing else; a hint for the layout, which makes no text another one."""

    text: str
    image: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if "\n\n\n" in self.text:
            object.__setattr__(self, "text", _EMPTY_LINES.sub("\n\n", self.text))


@dataclass(frozen=True, slots=True)
class Strong:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """What to type, `unsubscribe 4.2`, in a message for people of several chats: each puts its own sign before it. An answer
    knows who reads it, and has the sign in its `Code`."""

    text: str


@dataclass(frozen=True, slots=True)
class Struck:
    """Crossed out: words that are no longer true."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """`url` is http or https, checked where it was parsed (`safe_url`)."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time. A chat that knows the reader's time zone shows it there; the others show `text`, in UTC."""

    at: datetime

    @property
    def text(self) -> str:
        """25 November 2026, 23:17 UTC."""
        at = self.at.astimezone(UTC)
        return f"{calendar_day(at)}, {at:%H:%M} UTC"


Span = Text | Strong | Code | Command | Struck | Link | Moment
Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`lead`: it names what follows, as the summary of what can be unfolded does; a hint for the layout."""

    spans: Spans
    lead: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 to 6, as in Markdown."""

    level: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class ListItem:
    """`depth` 0 is the outermost list; the items of nested lists follow their parent. `number` is the item's number in a
    numbered list; None in other lists, and where the items are to be counted. `cells`: of a table's row, at which character each
    of its cells begins; a hint for the layout."""

    spans: Spans
    depth: int = 0
    number: int | None = None
    cells: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class BulletList:
    """`header`: the first item names the columns of a table; a hint for the layout."""

    items: tuple[ListItem, ...]
    ordered: bool = False
    header: bool = field(default=False, compare=False)

    def numbers(self) -> list[int | None]:
        """What each item shows: its own number, else its place in an ordered outermost list; None is a bullet."""
        numbers, count = list[int | None](), 0
        for item in self.items:
            count += item.depth == 0
            numbers.append(count if item.number is None and self.ordered and item.depth == 0 else item.number)
        return numbers


@dataclass(frozen=True, slots=True)
class CodeBlock:
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple["Block", ...]


Block = Paragraph | Heading | BulletList | CodeBlock | Quote


@dataclass(frozen=True, slots=True)
class Field:
    """A short labelled line: `Upgrade: 2.1.x → 2.1.2`."""

    label: str
    spans: Spans


@dataclass(frozen=True, slots=True)
class Mention:
    """Whom a message pings, by the operator's configuration: `role:987`, `user:1`, `room`. Never made from foreign text."""

    kind: str  # "role", "user", "room"
    id: str = ""


CHOOSE = (
    "choose"  # the action that names a project in answer to “Which project?”: the same question again, about that one
)


@dataclass(frozen=True, slots=True)
class Action:
    """A button: `affected` asks for a version and answers in private, `choose` names the project that was meant."""

    name: str
    label: str
    project: ProjectId
    subject: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a menu. `chosen`: it holds now."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """One choice among several: the command `name` about the subject, with what was chosen as its `value`.

    title: what is chosen, in a few words: `Releases of the line`
    """

    name: str
    title: str
    project: ProjectId
    subject: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a room is shown, or an asker answered.

    label: what kind of message it is and how bad, above the title: `Security advisory · Critical · CVSS 9.1`
    title: plain words: what it is about; of an answer, the answer itself
    headline: one sentence that makes sense alone, in a phone's notification; shown where a message may notify
    severity: of the vulnerability it is about; a chat shows it as a colour
    fields: labelled lines directly below the title, before the body: what to do, who is affected
    small: small print below the body, a line each: ids, credits, where an answer comes from
    links: the first leads to the whole story, and so does a message that was cut
    actions, menus: what its reader may do next: buttons and menus, or numbered answers
    footer: the last line: the project, the age of what we know
    struck: the title is crossed out
    private: only the asker may see it
    answer: somebody asked for it
    example: another message, shown below this one as it would look by itself; it pings nobody
    renderings: how a message looks in other chats, shown below that
    """

    title: str
    tone: Tone
    label: str = ""
    headline: str = ""
    severity: Severity | None = None
    url: str = ""
    fields: tuple[Field, ...] = ()
    body: tuple[Block, ...] = ()
    small: tuple[Spans, ...] = ()
    links: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()
    menus: tuple[Menu, ...] = ()
    footer: str = ""
    mentions: tuple[Mention, ...] = ()
    at: datetime | None = None
    struck: bool = False
    private: bool = False
    answer: bool = False
    example: "Message | None" = None
    renderings: tuple[Rendering, ...] = ()

    @property
    def loud(self) -> bool:
        """Whether the message may notify people: it calls somebody, or it is news about security. An answer never does: it is
        the occasion that counts, and not the subject."""
        return not self.answer and (bool(self.mentions) or self.tone in (Tone.SECURITY, Tone.CRITICAL))

    @property
    def further_links(self) -> tuple[Link, ...]:
        """The links whose addresses stand in no field yet: where links are text, none is said twice."""
        there = {span.url for item in self.fields for span in item.spans if isinstance(span, Link)}
        return tuple(link for link in self.links if link.url not in there)

    @property
    def whole(self) -> Link | None:
        """Where a message that was cut leads: `Full release notes`."""
        if not self.links:
            return Link("Read on", self.url) if self.url else None
        first = self.links[0]
        if first.text.startswith("Full "):
            return first
        return Link(f"Full {first.text[:1].lower()}{first.text[1:]}", first.url)


def text(words: str) -> Spans:
    """One run of plain words."""
    return (Text(words),)


def paragraph(*parts: str | Span) -> Paragraph:
    """A paragraph of spans; a bare string is plain text."""
    return Paragraph(tuple(Text(part) if isinstance(part, str) else part for part in parts))


def bullets(items: Iterable[str | Spans]) -> BulletList:
    """A flat list; a bare string is plain text."""
    return BulletList(tuple(ListItem(text(item) if isinstance(item, str) else item) for item in items))


def field_of(label: str, *parts: str | Span) -> Field:
    """A labelled line of spans; a bare string is plain text."""
    return Field(label, paragraph(*parts).spans)


def plain(spans: Spans) -> str:
    """The text of the spans without formatting."""
    return "".join(span.text for span in spans)
