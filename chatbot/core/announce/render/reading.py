"""The words for a project's maintainers about how their security policy is read."""

from collections.abc import Iterator
from datetime import date

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.message import Block, Code, Link, Message, Spans, Strong, Text, Tone, bullets, paragraph, text
from chatbot.core.model.watches import Project
from chatbot.core.support.policy import Policy
from chatbot.core.support.reading import LineReading, read_lines, shortened
from chatbot.core.text.words import calendar_day, count

_MOST_LINES = 15
_MOST_NAME = 60  # characters
_MOST_WORDS = 80
_LINT = "chatbot lint-policy SECURITY.md --show --suggest"


def reading_message(
    project: Project, page: PolicyPage, policy: Policy, today: date, *, before: bool, same_page: bool
) -> Message:
    """Line → state → end, with the page's words in short.

    before: the maintainers were told once how the page was read, and it is another way now
    same_page: it is still the text that they were told about
    """
    title = f"{project.name} – how I read the security policy"
    return Message(
        title=f"{title} now" if before else title,
        tone=Tone.POLICY,
        url=page.link,
        body=tuple(_body(policy, today, before=before, same_page=same_page)),
        small=(text(f"States as of {calendar_day(today)}. Only this room gets this message."),),
        links=(Link("Security policy", page.link),) if page.link else (),
    )


def _body(policy: Policy, today: date, *, before: bool, same_page: bool) -> Iterator[Block]:
    if before:
        why = "The page has not changed: a newer version of the bot reads it differently." if same_page else ""
        yield paragraph(why or "The page has changed, and so has what it says about versions.")
    lines = read_lines(policy, today)
    if not policy.readable:
        yield paragraph(f"{shortened(policy.problem, 4 * _MOST_WORDS)} Every answer about support is “unknown”.")
    elif not lines:
        yield paragraph("The page lists no versions. Every answer about support is “unknown”.")
    else:
        yield bullets(_line(each) for each in lines[:_MOST_LINES])
        if len(lines) > _MOST_LINES:
            yield paragraph(f"And {count(len(lines) - _MOST_LINES, 'line')} more.")
    if policy.cut:
        yield paragraph(shortened(policy.cut, 4 * _MOST_WORDS))
    yield paragraph("Is something wrong here? ", Code(_LINT), " shows every line, and a table that says it clearly.")


def _line(line: LineReading) -> Spans:
    name = shortened(line.line, _MOST_NAME)
    return Strong(name), Text(f": {_state(line)} – “{shortened(line.words, _MOST_WORDS)}”")


def _state(line: LineReading) -> str:
    event = f"“{shortened(line.event, _MOST_WORDS // 2)}”" if line.event else ""
    match line.state:
        case "supported" if line.until is not None:
            return f"supported until {calendar_day(line.until)}"
        case "supported":
            return f"supported {event}".rstrip()
        case "ended" if line.until is not None:
            return f"ended on {calendar_day(line.until)}"
        case "ended":
            return "not supported"
        case _:
            return f"unclear, {event}" if event else "unclear"
