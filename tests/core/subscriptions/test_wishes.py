"""What somebody asks to hear of: a line where one is known, else the version, in repositories of any kind."""

import pytest

from chatbot.core.model.message import Message
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.snapshot import build_snapshot
from chatbot.core.subscriptions.answers.card import Holding, card
from chatbot.core.subscriptions.answers.listing import name_to_type
from chatbot.core.subscriptions.lines import read_line
from chatbot.core.subscriptions.moving import candidates, moved, newest_of_line, running
from chatbot.core.subscriptions.subscription import Scope
from chatbot.core.subscriptions.wishes import Wish, read_scope, read_wish, scope_value
from tests.core import make
from tests.core.subscriptions.people import NOW, subscription


def context(*tags: str) -> QueryContext:
    releases = [make.release(tag, make.START + number * make.DAY) for number, tag in enumerate(tags)]
    sources = {"github-advisories:mail": NOW}
    snapshot = build_snapshot(make.project, make.knowledge(releases, [make.advisory()], read_at=sources))
    return QueryContext(snapshot=snapshot, policy=None, now=NOW, forge=make.FORGE)


PLAIN = context("v0.14.9", "v0.15.3", "v0.15.5", "v0.16.0-rc.1")
PACKAGES = context("core@0.14.0", "core@0.15.0", "core@0.15.1", "ui@0.15.2", "ui@1.0.0")
DATED = context("2026-02-a", "2026-03-a", "2026-03-b")


def wish(desk: QueryContext, text: str) -> Wish:
    answer = read_wish(desk, text)
    assert isinstance(answer, Wish), answer
    return answer


@pytest.mark.parametrize(
    ("desk", "text", "scope", "version"),
    [
        (PLAIN, "0.15.3", Scope("line", "0.15"), "0.15.3"),
        (PLAIN, "v0.15.3", Scope("line", "0.15"), "0.15.3"),
        (PLAIN, "0.15", Scope("line", "0.15"), ""),
        (PLAIN, "0.15.X", Scope("line", "0.15"), ""),
        (PLAIN, "0", Scope("line", "0"), ""),
        (PLAIN, "0.16.0-rc.1", Scope("version", "0.16.0-rc.1"), "0.16.0-rc.1"),
        (PACKAGES, "core@0.15.0", Scope("line", "core 0.15"), "core@0.15.0"),
        (PACKAGES, "ui@0.15.2", Scope("line", "ui 0.15"), "ui@0.15.2"),
        (context(), "2.1.3", Scope("version", "2.1.3"), "2.1.3"),
        (PLAIN, "", Scope("project"), ""),
        (PLAIN, "  ", Scope("project"), ""),
    ],
)
def test_what_the_words_ask_for(desk: QueryContext, text: str, scope: Scope, version: str) -> None:
    answer = wish(desk, text)
    assert (answer.scope, answer.version) == (scope, version)


@pytest.mark.parametrize("text", ["0.15.99", "0.17", "0.17.x", "banana", "9", "core@0.15.0"])
def test_what_was_never_published_is_no_wish(text: str) -> None:
    assert isinstance(read_wish(PLAIN, text), Message)


@pytest.mark.parametrize(
    ("desk", "text"), [(PLAIN, "0.15.3"), (PLAIN, "0.14.9"), (PACKAGES, "core@0.15.0"), (DATED, "2026-03-a")]
)
def test_what_a_menu_offers_is_read_back(desk: QueryContext, text: str) -> None:
    """Whatever the card offers is what is chosen, and the chosen one holds then."""
    first = wish(desk, text)
    mine = subscription(first.version, scope=first.scope, id=1)
    offered = card(desk, mine, Holding(version=first.version)).menus[0].options
    assert [option.chosen for option in offered].count(True) == 1
    for option in offered:
        choice = read_scope(desk, option.value)
        assert isinstance(choice, Wish), (option.value, choice)
        assert scope_value(choice.scope, choice.min_severity) == option.value
        if choice.scope.kind == "line":
            assert read_line(desk.snapshot, choice.scope.name) is not None


@pytest.mark.parametrize("value", ["", "x", "line", "line:", "version:", "version:9.9", "line:9.9", "version: "])
def test_what_no_menu_offers_is_no_choice(value: str) -> None:
    assert isinstance(read_scope(PLAIN, value), Message)


@pytest.mark.parametrize(
    ("desk", "before", "now", "after"),
    [
        (PLAIN, Scope("version", "0.15.3"), "0.15.5", Scope("version", "0.15.5")),
        (PLAIN, Scope("line", "0.14"), "0.15.5", Scope("line", "0.15")),
        (PLAIN, Scope("line", "0.15"), "0.15.5", Scope("line", "0.15")),
        (PLAIN, Scope("project"), "0.15.5", Scope("project")),
        (PACKAGES, Scope("line", "core 0.14"), "core@0.15.1", Scope("line", "core 0.15")),
    ],
)
def test_a_subscription_follows_to_the_version_that_runs_now(
    desk: QueryContext, before: Scope, now: str, after: Scope
) -> None:
    reference = running(desk, now)
    assert not isinstance(reference, Message)
    mine = subscription("", scope=before)
    if before.kind != "project":
        assert candidates(desk, [mine], reference.version) == [mine]
    follows = moved(desk, mine, reference, NOW)
    assert (follows.scope, follows.confirmed_at) == (after, NOW)
    assert follows.since == (make.START if after == before else NOW)


@pytest.mark.parametrize(
    ("desk", "scope", "newest"),
    [
        (PLAIN, Scope("version", "0.15.3"), "0.15.5"),
        (PLAIN, Scope("line", "0.15"), "0.15.5"),
        (PLAIN, Scope("line", "0.14"), "0.14.9"),
        (PLAIN, Scope("version", "7.7.7"), ""),
        (PLAIN, Scope("project"), ""),
        (PACKAGES, Scope("line", "core 0.15"), "core@0.15.1"),
    ],
)
def test_the_newest_of_its_line(desk: QueryContext, scope: Scope, newest: str) -> None:
    assert newest_of_line(desk, subscription("", scope=scope)) == newest


def test_the_word_by_which_one_ends_is_one_word() -> None:
    assert name_to_type(subscription("", scope=Scope("line", "core 0.15"))) == "core@0.15.x"
    assert name_to_type(subscription("")) == "mail"


@pytest.mark.parametrize("text", ["banana", "0.17.x", "0.15.99"])
def test_nobody_runs_what_was_never_published(text: str) -> None:
    assert isinstance(running(PLAIN, text), Message)


def test_a_version_that_nobody_can_read_any_more_may_be_the_one_that_moved() -> None:
    reference = running(PLAIN, "0.15.5")
    assert not isinstance(reference, Message)
    strange = subscription("", scope=Scope("version", "1.2.3+really1.2.2-1"))
    assert candidates(PLAIN, [strange], reference.version) == [strange]
