"""The words for maintainers about what has drifted apart."""

from collections.abc import Iterator, Sequence

from chatbot.core.drift.finding import DriftFinding
from chatbot.core.drift.schedule import DriftNews
from chatbot.core.model.message import Block, Link, Message, Spans, Strong, Text, Tone, bullets, paragraph, text
from chatbot.core.model.watches import Project
from chatbot.core.text.words import count

_MOST = 12  # findings of each part
_AGAIN = "Only this room gets this message. It comes again each week while something is left to do."


def drift_message(project: Project, news: DriftNews, page: str = "") -> Message:
    """`page` is the address of the policy page, "" where there is none."""
    open_ones = [*news.new, *news.again]
    return Message(
        title=f"{project.name} – {_title(news)}",
        tone=Tone.WARNING if open_ones else Tone.GOOD,
        url=page,
        body=tuple(_body(news)),
        small=(text(_AGAIN if open_ones else "Only this room gets this message."),),
        links=(Link("Security policy", page),) if page else (),
    )


def _title(news: DriftNews) -> str:
    if news.new:
        return f"{count(len(news.new) + len(news.again), 'thing')} to put right"
    if news.again:
        return f"{count(len(news.again), 'thing')} still to put right"
    return f"{count(len(news.put_right), 'thing')} put right"


def _body(news: DriftNews) -> Iterator[Block]:
    yield from _part("", news.new)
    yield from _part("Still so:" if news.new else "", news.again)
    if news.put_right:
        lines: list[Spans] = [(Strong("Fixed: "), Text(last.problem)) for _, last in news.put_right]
        yield bullets(lines[:_MOST])
        yield from _more(len(lines))


def _part(heading: str, findings: Sequence[DriftFinding]) -> Iterator[Block]:
    if heading and findings:
        yield paragraph(heading)
    if findings:
        yield bullets((Strong(each.problem), Text(f" {each.fix}")) for each in findings[:_MOST])
        yield from _more(len(findings))


def _more(number: int) -> Iterator[Block]:
    if number > _MOST:
        yield paragraph(f"And {number - _MOST} more.")
