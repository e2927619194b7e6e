"""The events of an OSV range -> spans, so that a version is within a span exactly when OSV's algorithm says affected."""

import functools
from collections.abc import Sequence
from dataclasses import replace

from chatbot.core.model.facts import Span
from chatbot.core.versions.ecosystems import place

BEGINNING = "0"
_KINDS = ("introduced", "fixed", "last_affected", "limit")
_NO_LIMIT = "*"
_RANKS = {BEGINNING: 0, _NO_LIMIT: 2}
Event = tuple[str, str]  # what happens, and the version at which it does


def read_events(values: Sequence[object]) -> list[Event]:
    """The events as published, in their order; what is no event is left out."""
    events: list[Event] = []
    for value in values:
        if isinstance(value, dict):
            events += [
                (kind, value[kind].strip()) for kind in _KINDS if isinstance(value.get(kind), str) and value[kind]
            ]
    return events


def spans_of(events: Sequence[Event], scheme: str) -> tuple[Span, ...]:
    """The runs of affected versions (https://ossf.github.io/osv-schema/#evaluation).

    Events are sorted by the scheme first. Where it cannot read one of them, they are paired as they stand, and whoever asks
    a span with an unreadable bound learns that it cannot be read. A `limit` ends a run as a fix does.
    """
    limits = [event for event in events if event[0] == "limit"]
    steps = [event for event in events if event[0] != "limit"]
    if all(_readable(event, scheme) for event in events):
        steps, limits = _sorted(steps, scheme), _sorted(limits, scheme)
    spans = _paired(steps)
    if limits and all(version != _NO_LIMIT for _, version in limits):
        spans = [_limited(span, limits[-1][1], scheme) for span in spans]
    return tuple(spans)


def _readable(event: Event, scheme: str) -> bool:
    return event[1] in (BEGINNING, _NO_LIMIT) or place(scheme, event[1]) is not None


def _sorted(events: Sequence[Event], scheme: str) -> list[Event]:
    """By version, the beginning first and "no limit" last; equal ones stay as they are."""

    def compare(one: Event, other: Event) -> int:
        ranks = [_RANKS.get(version, 1) for _, version in (one, other)]
        if ranks != [1, 1]:
            return ranks[0] - ranks[1]
        here, there = place(scheme, one[1]), place(scheme, other[1])
        assert here is not None  # noqa: S101 - only readable events are sorted
        assert there is not None  # noqa: S101 - only readable events are sorted
        return -1 if here < there else int(there < here)

    return sorted(events, key=functools.cmp_to_key(compare))


def _paired(events: Sequence[Event]) -> list[Span]:
    """Each introduction with the end that follows it; a fix that is named after a last affected version joins it."""
    spans: list[Span] = []
    state = "closed"
    for kind, version in events:
        match kind, state:
            case "introduced", "closed" | "ended":
                spans.append(Span(introduced=version))
                state = "open"
            case "fixed", "open" | "ended":
                spans[-1] = replace(spans[-1], fixed=version)
                state = "closed"
            case "last_affected", "open":
                spans[-1] = replace(spans[-1], last_affected=version)
                state = "ended"
            case _:
                pass  # an end without a beginning, or a beginning within a run: it changes nothing
    return spans


def _limited(span: Span, limit: str, scheme: str) -> Span:
    """The span up to the limit, unless a fix ends it before."""
    fix, end = (place(scheme, span.fixed) if span.fixed else None), place(scheme, limit)
    return span if fix is not None and end is not None and fix < end else replace(span, fixed=limit)
