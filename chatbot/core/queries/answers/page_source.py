"""Where an answer about support comes from: the page and its date, the row that says so, and the reason."""

from chatbot.core.model.message import Link, Moment, Spans, Text
from chatbot.core.queries.advice import LONGEST_UNREAD
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.support.policy import BY_POLICY, Status
from chatbot.core.text.words import calendar_day

LONGEST_ROW = 200  # characters


def page_source(context: QueryContext, row: str | None = None) -> tuple[Spans, ...]:
    """`SECURITY.md of 25 November 2026 says “2.1.x · ✅”`. When it was last read is said only where that was long ago.

    Where the page as it stands now cannot be read, or is gone, its earlier text does not count, and it is not quoted.
    """
    newer, page = context.knowledge.newer_unreadable, context.knowledge.policy
    if newer is not None:
        state = "as it stands now cannot be read" if newer.page.exists else "is not there any more"
        return ((Text(f"The security policy {state}; its earlier text does not count."),),)
    if page is None:
        return ((Text(f"The security policy says {_quoted(row)}"),),) if row else ()
    name = page.page.path or "Security policy"
    at = page.page.committed_at
    dated = f"{name} of {calendar_day(at)}" if at else f"{name}, first read on {calendar_day(page.first_read_at)},"
    spans: Spans = (Text(f"{dated} says {_quoted(row)}" if row else dated.removesuffix(",")),)
    read_at = max([page.read_at, *context.knowledge.read_times("policy")])
    if context.now - read_at > LONGEST_UNREAD:
        spans = (*spans, Text("; last read on "), Moment(read_at))
    return (spans,)


def source_of(context: QueryContext, status: Status) -> tuple[Spans, ...]:
    """Where a status is from. What is not the page's own word stands in its reason already."""
    return page_source(context, status.row) if status.source == BY_POLICY else ()


def source_link(context: QueryContext, status: Status) -> tuple[Link, ...]:
    """The way to the page that says so."""
    lifecycle = context.knowledge.lifecycle
    if status.source == BY_POLICY or lifecycle is None:
        return policy_link(context)
    return (Link(lifecycle.origin, lifecycle.url),) if lifecycle.url else ()


def policy_link(context: QueryContext) -> tuple[Link, ...]:
    """The way to the page."""
    page = context.knowledge.policy
    return (Link("Security policy", page.page.link),) if page is not None and page.page.link else ()


def reason_of(status: Status) -> str:
    """Why, where the title and the row do not say it already; else ""."""
    on = status.until.isoformat() if status.until else ""
    plain = {"The page says that it is supported.", "The page says that support has ended."}
    plain |= {f"Supported until {on}.", f"Support ended on {on}."}
    if status.reason in plain:
        return ""
    return status.reason.replace(on, calendar_day(status.until)) if status.until else status.reason


def _quoted(row: str) -> str:
    cells = " · ".join(cell.strip() for cell in row.split("|") if cell.strip())
    return f"“{cells if len(cells) <= LONGEST_ROW else cells[: LONGEST_ROW - 1] + '…'}”"
