"""Neutral message → a panel for a terminal."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.style import Style
from rich.text import Text as Line

from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Command,
    Field,
    Heading,
    Link,
    Message,
    Moment,
    Paragraph,
    Quote,
    Span,
    Spans,
    Strong,
    Struck,
    Text,
    Tone,
)
from chatbot.core.queries.numbered import choices
from chatbot.core.text.links import looks_like_another_address
from chatbot.core.text.visible import printable

COLOURS = {
    Tone.ROUTINE: "blue",
    Tone.SECURITY: "yellow",
    Tone.CRITICAL: "red",
    Tone.POLICY: "magenta",
    Tone.ANSWER: "cyan",
    Tone.GOOD: "green",
    Tone.WARNING: "red",
    Tone.UNSURE: "white",
    Tone.WITHDRAWN: "bright_black",
}
LONGEST = 6_000  # characters of facts and body: a terminal is no place for long notes, the link leads to the whole
LONGEST_TITLE = 200
WIDEST = 100  # columns of a panel
_FRAME = 6  # columns that a border takes from its title
_MOST_SMALL = 8  # lines of small print
_CUT = "… the whole is behind the link below"


@dataclass(frozen=True, slots=True)
class Card:
    """A frame with its title in the border, or above its text where the border is too short: a cut title may say something
    else, such as half of a version."""

    title: Line
    body: RenderableType
    colour: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(WIDEST, options.max_width)
        if self.title.cell_len <= width - _FRAME:
            yield Panel(self.body, title=self.title, title_align="left", border_style=self.colour, width=width)
        else:
            yield Panel(Group(self.title, self.body), border_style=self.colour, width=width)


def colour_of(message: Message) -> str:
    """The colour of a frame around the message."""
    return COLOURS[message.tone]


def to_panel(message: Message, *, heading: str = "") -> Card:
    """The message as it would look in a chat. `heading` says what happens to it: `edited`, `reply`."""
    parts: list[RenderableType] = []
    calls = " ".join(f"@{mention.id or mention.kind}" for mention in message.mentions)
    if calls:
        parts.append(Line(_clean(calls), style="bold yellow"))
    if message.label:
        parts.append(Line(_clean(message.label), style=f"bold {COLOURS[message.tone]}"))
    lines, cut = _fitting(message)
    parts += lines
    if cut:
        parts.append(Line(_CUT, style="italic"))
    parts += [
        Line.assemble((f"{_clean(link.text)}: ", "bold"), (_clean(link.url), "underline"))
        for link in message.further_links
    ]
    parts += [Line(line) for line in _choices(message)]
    parts += [Line(line, style="bright_black") for line in _small(message)]
    if message.footer:
        parts.append(Line(_clean(message.footer), style="bright_black"))
    if message.example is not None:
        parts.append(to_panel(message.example))
    for rendering in message.renderings:
        lines_there = (Line(_clean(line)) for line in rendering.text.splitlines())
        parts.append(Card(Line(_clean(f"On {rendering.where}")), Group(*lines_there), COLOURS[Tone.ANSWER]))
    title = Line(_title(message), style="bold strike" if message.struck else "bold")
    if heading:
        title = Line.assemble((f"{heading} · ", "italic"), title)
    return Card(title, Group(*parts), COLOURS[message.tone])


def to_text(message: Message) -> str:
    """The message as plain lines, for pipes and logs."""
    lines_shown, cut = _fitting(message)
    label = [message.label] if message.label else []
    lines = [*label, _title(message), *(line for part in lines_shown for line in part.plain.splitlines())]
    lines += [_CUT] if cut else []
    lines += [f"{link.text}: {link.url}" for link in message.further_links]
    lines += _choices(message)
    lines += _small(message)
    lines += [message.footer] if message.footer else []
    lines += ["", *to_text(message.example).splitlines()] if message.example is not None else []
    for rendering in message.renderings:
        lines += ["", f"On {rendering.where}:", *rendering.text.splitlines()]
    return "\n".join(_clean(line) for line in lines)


def _choices(message: Message) -> list[str]:
    """What can be chosen by typing its number, below what it is about; a star marks what holds now."""
    lines: list[str] = []
    for number, choice in enumerate(choices(message), 1):
        lines += [f"{_clean(choice.heading)}:"] if choice.heading else []
        lines.append(f"{number}{'*' if choice.chosen else ' '} {_clean(choice.label)}")
    return lines


def _small(message: Message) -> list[str]:
    return [_words(spans) for spans in message.small[:_MOST_SMALL]]


def _title(message: Message) -> str:
    words = _clean(message.title)
    return words if len(words) <= LONGEST_TITLE else f"{words[: LONGEST_TITLE - 1]}…"


def _fitting(message: Message) -> tuple[list[Line], bool]:
    """The facts and the body as far as they fit, and whether something was left off."""
    lines: list[Line] = []
    room = LONGEST
    for item in (*message.fields, *message.body):
        line = _fact(item) if isinstance(item, Field) else _block(item)
        if len(line) > room:
            return [*lines, line[:room]], True
        lines.append(line)
        room -= len(line)
    return lines, False


def _fact(item: Field) -> Line:
    return Line.assemble((f"{_clean(item.label)}: ", "bold"), _line(item.spans))


def _block(block: Block) -> Line:
    match block:
        case Paragraph(spans=spans):
            return _line(spans)
        case Heading(spans=spans):
            return Line.assemble("\n", (_words(spans), "bold underline"))
        case BulletList(items=items):
            marks = ["• " if number is None else f"{number}. " for number in block.numbers()]
            rows = [
                Line.assemble("  " * item.depth, mark, _line(item.spans))
                for mark, item in zip(marks, items, strict=True)
            ]
            return Line("\n").join(rows)
        case CodeBlock(text=text):
            return Line(_clean(text, keep="\n"), style="green")
        case Quote(blocks=blocks):
            rows = [row for inner in blocks for row in _block(inner).split("\n", allow_blank=True)]
            return Line("\n").join(Line.assemble(("│ ", "bright_black"), row) for row in rows)


def _line(spans: Spans) -> Line:
    return Line.assemble(*(_span(span) for span in spans))


def _span(span: Span) -> Line:
    match span:
        case Text(text=text) | Moment(text=text):
            return Line(_clean(text))
        case Strong(text=text):
            return Line(_clean(text), style="bold")
        case Code(text=text):
            return Line(_clean(text), style="green")
        case Command(text=text):
            return Line(f"/{_clean(text)}", style="green")
        case Struck(text=text):
            return Line(_clean(text), style="strike")
        case Link(text=text, url=url) if looks_like_another_address(text, url):
            return Line(f"{_clean(text)} ({_clean(url)})")
        case Link(text=text, url=url):
            return Line(_clean(text), style=Style(underline=True, link=_clean(url).replace(" ", "%20")))


def _words(spans: Spans) -> str:
    return _clean("".join(span.text for span in spans))


def _clean(text: str, keep: str = "") -> str:
    """No control characters: foreign text must not move the cursor, ring the bell or turn the reading direction."""
    return printable(text, lines="\n" in keep, tabs="\t" in keep)
