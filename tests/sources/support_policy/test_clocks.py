"""The response clocks of a page: what the project promised is told, an aim as one, and nothing where it is not plain."""

from datetime import timedelta

import pytest

from chatbot.core.model.message import BulletList, plain
from chatbot.core.queries.answers.report import report
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.snapshot import build_snapshot
from chatbot.core.support.diff import changes
from chatbot.sources.support_policy.durations import durations_in
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make

H, D = timedelta(hours=1), timedelta(days=1)

PROMISES: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "We acknowledge reports within 24 hours, assess them within 72 hours, and publish an advisory within 60 days.",
        {"Acknowledged": "within 24 hours", "Assessed": "within 72 hours", "Published": "target 60 days"},
    ),
    (
        "We will respond within 48 hours and triage within 5 business days and fix within 90 days.",
        {"Acknowledged": "within 48 hours", "Assessed": "within 7 days", "Resolved": "target 90 days"},
    ),
    (
        "First response within 2 days; assessment within 7 days; fix within 30 days; disclosure within 90 days.",
        {"Acknowledged": "within 48 hours", "Assessed": "within 7 days", "Resolved": "target 30 days"},
    ),
    (
        "Timeline: 24 hours acknowledgement, 72 hours assessment, 60 days publication.",
        {"Acknowledged": "within 24 hours", "Assessed": "within 72 hours", "Published": "target 60 days"},
    ),
    (
        "You get an acknowledgement no later than 2 business days after receipt; a fix follows within 2-3 weeks.",
        {"Acknowledged": "within 48 hours", "Resolved": "target 21 days"},
    ),
    (
        "We'll acknowledge your email in 48 hours at the latest, and send a more detailed response within 96 hours.",
        {"Acknowledged": "within 48 hours", "Detailed answer": "within 4 days"},
    ),
    ("We respond between 24 hours and 3 days.", {"Acknowledged": "within 72 hours"}),
    ("We respond in 24 hours to 3 days.", {"Acknowledged": "within 72 hours"}),
    ("Initial response time: 3 to 5 business days", {"Acknowledged": "within 7 days"}),
    ("Within 24 hours, we will acknowledge your report.", {"Acknowledged": "within 24 hours"}),
    ("Reports are acknowledged within 24 hours (48 hours on weekends).", {}),
    ("We respond within 24 hours on weekdays, 72 hours on weekends.", {}),
    ("We acknowledge within 24 hours; for reports by mail within 5 days.", {}),
    ("We acknowledge within 5 days, on working days in 24 hours.", {"Acknowledged": "within 5 days"}),
    ("We will reply within 24 hours Monday to Friday.", {}),
    ("We acknowledge within 24 hours or, during holidays, within a week.", {}),
    ("After 90 days you may publish.", {}),
    ("We were able to answer the last report within 2 hours.", {}),
    ("In 2023 all reports were acknowledged within 48 hours.", {}),
    ("We acknowledge reports within 0 days.", {}),
    ("We aim to patch criticals in 14 days and everything else in 90.", {}),
    ("Exploited holes are fixed within 48 hours.", {}),
    ("Serious ones are resolved within 7 days, others within 60 days.", {}),
    ("We acknowledge within one (1) business day and notify vendors within 7 days.", {"Acknowledged": "within 24 hours"}),
    ("We respond within 48 hours to triage it and fix it.", {"Acknowledged": "within 48 hours"}),
    # an aim is told as one
    ("We aim to acknowledge within 24 hours.", {"Acknowledged": "aims at 24 hours"}),
    ("We typically respond within two days.", {"Acknowledged": "aims at 48 hours"}),
    ("We cannot promise this, but usually respond within 48 hours.", {}),
    # nothing that was not promised, and nothing that is not plain
    ("acknowledge within 24 hours assess within 72 hours", {}),
    ("Reports are acknowledged and 24 hours is short, 72 hours is long.", {}),
    ("We do not guarantee a response within 48 hours.", {}),
    ("We can't commit to acknowledging, or answering, within 48 hours.", {}),
    ("There is no SLA: nobody is bound to answer within 24 hours.", {}),
    ("No response within 24 hours is promised.", {}),
    ("Acknowledgement: 48 business hours", {}),
    ("If you do not hear from us within 48 hours, mail again.", {}),
    ("Please allow 90 days before disclosing.", {}),
    ("Please give us 14 days to respond.", {}),
    ("Researchers must not publish within 90 days.", {}),
    ("We will not disclose the issue before 90 days have passed.", {}),
    ("Critical issues are fixed within 7 days and others within 90 days.", {}),
    ("Paying customers get a response within 4 hours.", {}),
    ("We keep mail for 30 days and publish a newsletter.", {}),
)  # fmt: skip


@pytest.mark.parametrize(("words", "promises"), PROMISES)
def test_report_tells_what_the_project_promised(words: str, promises: dict[str, str]) -> None:
    policy = read_policy(f"# Response\n\nMail security@kestrel.org.\n\n{words}\n")
    context = QueryContext(
        forge=make.FORGE, snapshot=build_snapshot(make.project, make.knowledge()), policy=policy, now=make.START
    )
    items = [
        plain(item.spans) for block in report(context).body if isinstance(block, BulletList) for item in block.items
    ]
    rows = [item.partition(": ") for item in items]
    assert {name: value for name, _, value in rows if name in _CLOCKS} == promises


_CLOCKS = {"Acknowledged", "Detailed answer", "Assessed", "Updates", "Resolved", "Published"}


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("24 hours to 3 days", [3 * D]),
        ("between a day and a week", [7 * D]),
        ("a day and a week", [D, 7 * D]),
        ("24 and 48 hours", [48 * H]),
        ("24-48h", [48 * H]),
        ("thirty days", [30 * D]),
        ("ninety (90) days", [90 * D]),
        ("48 business hours", [None]),
        ("one year", [365 * D]),
    ],
)
def test_ranges_are_one_duration(text: str, lengths: list[timedelta | None]) -> None:
    assert [length for _, _, length in durations_in(text)] == lengths


def test_what_changed_is_described_as_it_is_meant() -> None:
    head = "# Security\n\nMail security@kestrel.org.\n\n"
    old = read_policy(head)
    assert changes(old, read_policy(head + "Please allow 90 days before disclosing.\n")) == ()
    assert changes(old, read_policy(head + "We aim to respond within 24 hours.\n")) == (
        "A first acknowledgement is now aimed at within 24 hours.",
    )
    assert changes(old, read_policy(head + "We assess reports within 72 hours and publish within 60 days.\n")) == (
        "An assessment is now promised within 72 hours.",
        "The target for a publication is now promised within 60 days.",
    )
