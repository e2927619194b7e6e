"""What is suggested while somebody types."""

import pytest

from chatbot.core.model.severity import Severity
from chatbot.core.queries.commands import Kind
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.suggest import MOST, suggestions
from chatbot.core.support.policy import Policy, Section
from tests.core import make

DAY, START = make.DAY, make.START
SNAPSHOT = make.snapshot(
    [
        make.release("v0.14.9", START), make.release("v0.15.4", START + DAY), make.release("v0.15.5", START + 2 * DAY),
        make.release("nightly", START + 3 * DAY), make.release("v0.15.6-" + "x" * 101, START),
    ],
    [make.advisory("GHSA-oooo-oooo-oooo", at=START), make.advisory("GHSA-nnnn-nnnn-nnnn", at=START + DAY, aliases=frozenset({"CVE-2030-1"}))],
)  # fmt: skip
PAGE = Policy(sections=(Section(heading="Reporting", level=2, blocks=()), Section(heading="Scope", level=2, blocks=())))
CONTEXT = QueryContext(forge=make.FORGE, snapshot=SNAPSHOT, policy=PAGE, now=START)
NO_PAGE = QueryContext(forge=make.FORGE, snapshot=SNAPSHOT, policy=None, now=START)


@pytest.mark.parametrize(
    ("context", "kind", "text", "values"),
    [
        (CONTEXT, Kind.VERSION, "", ["0.15.5", "0.15.4", "0.14.9"]),
        (CONTEXT, Kind.VERSION, " 0.15 ", ["0.15.5", "0.15.4"]),
        (CONTEXT, Kind.VERSION, "5", ["0.15.5", "0.15.4"]),
        (CONTEXT, Kind.VERSION, "4", ["0.15.4", "0.14.9"]),
        (CONTEXT, Kind.VERSION, "v9", []),
        (CONTEXT, Kind.LINE, "", ["0.15", "0.14"]),
        (CONTEXT, Kind.ADVISORY, "", ["GHSA-nnnn-nnnn-nnnn", "CVE-2030-1", "GHSA-oooo-oooo-oooo"]),
        (CONTEXT, Kind.ADVISORY, "ghsa-o", ["GHSA-oooo-oooo-oooo"]),
        (CONTEXT, Kind.SUBJECT, "n", ["nightly", "GHSA-nnnn-nnnn-nnnn"]),
        (CONTEXT, Kind.SUBJECT, "v0.15", ["v0.15.5", "v0.15.4"]),
        (CONTEXT, Kind.SECTION, "", ["Reporting", "Scope"]),
        (CONTEXT, Kind.SECTION, "sc", ["Scope"]),
        (NO_PAGE, Kind.SECTION, "", []),
        (CONTEXT, Kind.SEVERITY, "", [severity.value for severity in Severity]),
        (CONTEXT, Kind.PROJECT, "", []),
        (CONTEXT, Kind.DATE, "", []),
        (CONTEXT, Kind.WORDS, "", []),
    ],
)
def test_suggested_values(context: QueryContext, kind: Kind, text: str, values: list[str]) -> None:
    assert suggestions(context, kind, text) == values


def test_removed_releases_are_suggested_for_why() -> None:
    removed = make.known_release(make.release("v0.15.5"), removal_confirmed=True)
    context = QueryContext(
        forge=make.FORGE, snapshot=make.snapshot([make.release("v0.15.4", START), removed]), policy=None, now=START
    )
    assert suggestions(context, Kind.VERSION, "") == ["0.15.4"]
    assert suggestions(context, Kind.SUBJECT, "") == ["v0.15.5", "v0.15.4"]


def test_values_that_begin_with_the_text_come_before_those_that_contain_it() -> None:
    snapshot = make.snapshot([make.release("v1.2.0", START), make.release("v2.1.2", START + DAY)])
    assert suggestions(
        QueryContext(forge=make.FORGE, snapshot=snapshot, policy=None, now=START), Kind.VERSION, "1.2"
    ) == [
        "1.2.0",
        "2.1.2",
    ]


def test_no_more_are_suggested_than_a_chat_can_show() -> None:
    snapshot = make.snapshot([make.release(f"v1.{number}.0", START) for number in range(MOST + 5)])
    assert (
        len(suggestions(QueryContext(forge=make.FORGE, snapshot=snapshot, policy=None, now=START), Kind.VERSION, ""))
        == MOST
    )
