"""What is said when a policy page changes; nothing is said of mere reformatting."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chatbot.core.support.diff import changes
from chatbot.core.support.policy import Clocks, Contact, Policy
from chatbot.core.support.rows import Latest, Mark, Range, Row, line_range

DAY = timedelta(days=1)


def row(label: str, mark: Mark = "yes", until: date | None = None, *, component: str = "") -> Row:
    numbers = tuple(int(part) for part in label.strip("<` .xX").split("."))
    span = line_range(numbers)
    ranges = (Range(None, span.low),) if label.startswith("<") else (span,)
    return Row(text=f"{label} | {mark}", label=label, ranges=ranges, mark=mark, until=until, component=component)


def rows(*items: Row) -> Policy:
    return Policy(rows=items)


MARCH, JUNE = date(2026, 3, 31), date(2026, 6, 30)


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        (rows(row("0.3.x")), rows(row("`0.3.X`")), ()),
        (rows(row("0.3.x")), rows(row("0.4.x"), row("0.3.x")), ("0.4.x was added: supported.",)),
        (rows(), rows(row("0.4.x", "yes", JUNE)), ("0.4.x was added: supported until 30 June 2026.",)),
        (rows(), rows(row("0.4.x", "no")), ("0.4.x was added: not supported.",)),
        (rows(), rows(row("0.4.x", "open")), ("0.4.x was added: listed without a support state.",)),
        (rows(row("0.3.x")), rows(), ("0.3.x is no longer listed.",)),
        (rows(row("0.3.x")), rows(row("0.3.x", "no")), ("Support for 0.3.x has ended.",)),
        (rows(row("0.3.x", "no")), rows(row("0.3.x")), ("0.3.x is now supported; it was not supported.",)),
        (rows(row("0.3.x")), rows(row("0.3.x", "yes", JUNE)), ("0.3.x now has an end of support: 30 June 2026.",)),
        (
            rows(row("0.3.x", "yes", JUNE)),
            rows(row("0.3.x")),
            ("0.3.x no longer has an end of support; it was 30 June 2026.",),
        ),
        (
            rows(row("0.3.x", "yes", JUNE)),
            rows(row("0.3.x", "yes", MARCH)),
            ("Support for 0.3.x now ends earlier: 31 March 2026 instead of 30 June 2026.",),
        ),
        (
            rows(row("0.3.x", "yes", MARCH)),
            rows(row("0.3.x", "yes", JUNE)),
            ("Support for 0.3.x now ends later: 30 June 2026 instead of 31 March 2026.",),
        ),
        (
            rows(row("0.3.x"), row("0.2.x"), row("< 0.2", "no")),
            rows(row("0.3.x"), row("< 0.3", "no")),
            ("The page now lists < 0.3 as not supported instead of < 0.2.", "Support for 0.2.x has ended."),
        ),
        (rows(row("< 0.2", "no")), rows(), ("< 0.2 is no longer listed.",)),
        (rows(), rows(row("< 0.2", "no")), ("The page now lists < 0.2 as not supported.",)),
        (
            rows(row("0.3.x", component="server")),
            rows(row("0.3.x", component="client")),
            ("0.3.x (client) was added: supported.", "0.3.x (server) is no longer listed."),
        ),
    ],
)
def test_lines(old: Policy, new: Policy, sentences: tuple[str, ...]) -> None:
    assert changes(old, new) == sentences


def test_sentences_count_where_there_is_no_table() -> None:
    one = Row(text="Only the latest.", label="Only the latest.", kind="sentence", latest=Latest(), mark="yes")
    two = replace(one, text="The last two.", label="The last two.")
    assert changes(rows(one), rows(two)) == (
        "“The last two.” was added: supported.",
        "“Only the latest.” is no longer listed.",
    )
    assert changes(rows(row("1.x"), one), rows(row("1.x"), two)) == ()


def test_a_page_that_can_no_longer_be_read() -> None:
    broken = Policy(readable=False, problem="It is empty.")
    assert changes(rows(), broken) == ("The policy can no longer be read: It is empty.",)
    assert changes(broken, rows(row("1.x"))) == ("The policy can be read again.",)
    assert changes(broken, broken) == ()


MAIL = Contact(kind="email", address="a@kestrel.org")
FORM = Contact(kind="form", form_of="GitHub", address="")


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ((MAIL,), (replace(MAIL, address="A@kestrel.org"),), ()),
        ((), (MAIL,), ("Vulnerabilities can now be reported to a@kestrel.org.",)),
        ((FORM,), (), ("GitHub's private vulnerability report is no longer a way to report vulnerabilities.",)),
        ((MAIL,), (replace(MAIL, preferred=True),), ("a@kestrel.org is now the preferred way to report.",)),
        ((MAIL,), (replace(MAIL, backup=True),), ("a@kestrel.org is now a backup.",)),
        ((replace(MAIL, preferred=True),), (MAIL,), ("a@kestrel.org is now one way to report.",)),
        ((replace(MAIL, after=2 * DAY),), (MAIL,), ()),
        ((MAIL,), (replace(MAIL, after=2 * DAY),), ("a@kestrel.org is now the backup after 48 hours.",)),
    ],
)
def test_contacts(old: tuple[Contact, ...], new: tuple[Contact, ...], sentences: tuple[str, ...]) -> None:
    assert changes(Policy(contacts=old), Policy(contacts=new)) == sentences


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        (Clocks(acknowledge=DAY), Clocks(acknowledge=DAY), ()),
        (Clocks(), Clocks(update=7 * DAY), ("A status update is now promised within 7 days.",)),
        (
            Clocks(detail=2 * DAY),
            Clocks(detail=3 * DAY),
            ("A detailed response is now promised within 72 hours instead of 48 hours.",),
        ),
        (
            Clocks(target=90 * DAY),
            Clocks(),
            ("The target for a resolution is no longer promised; it was 90 days.",),
        ),
    ],
)
def test_clocks(old: Clocks, new: Clocks, sentences: tuple[str, ...]) -> None:
    assert changes(Policy(clocks=old), Policy(clocks=new)) == sentences


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        (Policy(safe_harbour="Good faith."), Policy(safe_harbour=" good  FAITH"), ()),
        (Policy(), Policy(scope_in=("the server",)), ("What is in scope is now stated.",)),
        (Policy(scope_out=("plugins",)), Policy(), ("What is out of scope is no longer stated.",)),
        (Policy(disclosure="90 days"), Policy(disclosure="60 days"), ("The disclosure policy changed.",)),
    ],
)
def test_terms(old: Policy, new: Policy, sentences: tuple[str, ...]) -> None:
    assert changes(old, new) == sentences
