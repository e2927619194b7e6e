"""What `/supported` answers for each release line, and how the policy page was read."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chatbot.chats import profile_named
from chatbot.cli.trial.screen import Screen
from chatbot.core.model.message import Message, plain
from chatbot.core.queries.answers.supported import supported
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.recommend import by_version, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.current import current_policy
from chatbot.core.support.policy import Policy
from chatbot.core.support.reading import TITLES, read_lines
from chatbot.core.text.words import calendar_day, count
from chatbot.core.versions.version import line_of
from chatbot.runtime.trial.published import Published

_MOST_LINES = 8
_LONGEST_REASON = 160  # characters


def context_of(published: Published, snapshot: ProjectSnapshot, chat: str) -> QueryContext:
    """What answers are computed from, as in the running bot."""
    policy = published.policy
    return QueryContext(
        snapshot=snapshot,
        policy=None if policy is None else current_policy(snapshot.knowledge, lambda _: policy) or policy,
        now=published.read_at,
        forge=published.forge,
        prefix=profile_named(chat).command_prefix,
        room_word=profile_named(chat).room_word,
    )


def show_answers(screen: Screen, published: Published, context: QueryContext, *, full: bool) -> None:
    """The answer about all lines as it looks in chat, what is answered about each, and the page's own lines."""
    screen.say(f"you ▸ {context.prefix}supported", style="green")
    screen.message(supported(context))
    screen.blank()
    if context.policy is not None and context.policy.readable:
        _show_lines(screen, context, full=full)
        screen.blank()
    _show_page(screen, published, context.policy, published.read_at)


def _show_lines(screen: Screen, context: QueryContext, *, full: bool) -> None:
    rows = _rows(context, _lines(context.snapshot))
    first_rows = rows if full else rows[:_MOST_LINES]
    screen.table("And about one line:", ("you ask", "it answers"), first_rows)
    if len(rows) > len(first_rows):
        screen.say(f"and {count(len(rows) - len(first_rows), 'more answer')}; --full shows all", indent=2)


def support_words(context: QueryContext) -> str:
    """The title of the answer to `/supported`."""
    return supported(context).title


def _lines(snapshot: ProjectSnapshot) -> Sequence[Classified]:
    """The newest release of each line, the highest first."""
    standing = [item for item in snapshot.releases.values() if stands(snapshot, item) and item.newest_in_line]
    return sorted(standing, key=by_version, reverse=True)


def _question_for(item: Classified, context: QueryContext) -> str:
    """The line, or in a repository of several packages its newest release."""
    if item.version is None or item.version.package:
        return item.release.tag
    return line_of(item.version, context.snapshot.lines)


def _rows(context: QueryContext, lines: Iterable[Classified]) -> list[tuple[str, str]]:
    """Each question with its answer; lines that are answered alike are named together."""
    groups: list[tuple[list[str], str, str]] = []
    for item in lines:
        asked_about = _question_for(item, context)
        words = _answer(supported(replace(context, arguments={"version": asked_about})), context)
        alike = words.replace(asked_about, "…")
        if groups and groups[-1][1] == alike:
            groups[-1][0].append(asked_about)
        else:
            groups.append(([asked_about], alike, words))
    return [(f"{context.prefix}supported {_names(names)}", words) for names, _, words in groups]


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]} ({count(len(names), 'line')})"


def _answer(message: Message, context: QueryContext) -> str:
    """The title, and why, where that is one sentence."""
    why = plain(message.small[0]) if message.small else ""
    words = message.title.removeprefix(f"{context.project.name} ")
    return f"{words} – {why}" if why and len(why) <= _LONGEST_REASON else words


def _show_page(screen: Screen, published: Published, policy: Policy | None, now: datetime) -> None:
    page = published.page
    if page is None:
        if published.policy is None:
            screen.say(
                "There is no security policy: no SECURITY.md in the repository, in .github or docs, nor in the owner's .github"
                " repository. So the bot can't tell which versions get security fixes, and says so."
            )
        return
    of = f" of {calendar_day(page.page.committed_at)}" if page.page.committed_at else ""
    heading = f"How {page.page.path or 'the page'}{of} is read:"
    if policy is None or not policy.readable:
        screen.say(f"{heading} not at all. {policy.problem if policy is not None else ''}")
        return
    lines = read_lines(policy, now.date())
    if lines:
        screen.table(heading, TITLES, [each.cells for each in lines])
    else:
        screen.say(f"{heading} it names no versions, so the bot can't tell which get security fixes.")
