"""Suggestions for a parameter while somebody types, the newest first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import assert_never

from chatbot.core.model.knowledge import taken_back
from chatbot.core.model.severity import Severity
from chatbot.core.queries.commands import Kind
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.releases.classification import Classified

MOST = 25  # Discord shows no more


def suggestions(context: QueryContext, kind: Kind, text: str) -> list[str]:
    """At most 25 values: those that begin with what was typed, then those that contain it."""
    needle = text.strip().lower()
    values = [value for value in dict.fromkeys(_values(context, kind)) if len(value) <= 100]
    first = [value for value in values if value.lower().startswith(needle)]
    then = [value for value in values if needle in value.lower() and not value.lower().startswith(needle)]
    return [*first, *then][:MOST]


def _versions(releases: Sequence[Classified]) -> list[str]:
    """The versions, each in a form that means one release: its tag where several releases have the same version."""
    texts = Counter(item.version.text.casefold() for item in releases if item.version is not None)
    return [
        item.version.text if texts[item.version.text.casefold()] == 1 else item.release.tag
        for item in releases
        if item.version is not None
    ]


def _values(context: QueryContext, kind: Kind) -> Iterable[str]:
    releases = sorted(context.snapshot.releases.values(), key=lambda item: item.release.published_at, reverse=True)
    there = [item for item in releases if not taken_back(context.knowledge.releases[item.release.tag])]
    advisories = sorted(context.snapshot.advisories.values(), key=lambda item: item.published_at, reverse=True)
    match kind:
        case Kind.VERSION:
            return _versions(there)
        case Kind.LINE:
            return [item.line for item in there if item.line is not None]
        case Kind.ADVISORY:
            return [name for item in advisories for name in sorted(item.ids, reverse=True)]
        case Kind.SUBJECT:
            return [item.release.tag for item in releases] + [item.id for item in advisories]
        case Kind.SECTION:
            return [section.heading for section in context.policy.sections] if context.policy is not None else []
        case Kind.SEVERITY:
            return [severity.value for severity in Severity]
        case Kind.PROJECT | Kind.DATE | Kind.WORDS:
            return []
        case _ as unreachable:
            assert_never(unreachable)
