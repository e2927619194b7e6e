"""What has drifted apart, and when maintainers are told."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.drift.compute import drift_of
from chatbot.core.drift.finding import Drift, DriftFinding
from chatbot.core.drift.render import drift_message
from chatbot.core.drift.schedule import LastTold, news_of
from chatbot.core.model.knowledge import Knowledge, PrivateForm
from chatbot.core.model.message import Tone
from chatbot.core.snapshot import build_snapshot
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make

NOW = datetime(2031, 6, 20, 12, tzinfo=make.START.tzinfo)
HEAD = "# Security\n\nMail security@mail.example.\n\n| Version | Supported | Until |\n|---|---|---|\n"
GOOD = HEAD + "| 1.2.x | ✅ | |\n| 1.1.x | ✅ | 2031-12-31 |\n| < 1.1 | ❌ | |\n"
TAGS = ("v1.0.0", "v1.1.0", "v1.1.1", "v1.2.0")


def drift_in(text: str, *tags: str, form: PrivateForm = "unknown", **more: object) -> Drift:
    releases = [make.release(tag, make.START + number * make.DAY) for number, tag in enumerate(tags or TAGS)]
    facts = make.knowledge(releases, policy=make.known_policy(text), private_form=form, **more)  # type: ignore[arg-type]  # a table of mixed fields
    return drift_of(build_snapshot(make.project, facts), read_policy(text), NOW)


def keys(drift: Drift) -> list[str]:
    return [finding.key for finding in drift.findings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, []),
        (GOOD.replace("| < 1.1 | ❌ | |\n", ""), ["line-missing/older"]),
        (GOOD.replace("| 1.2.x | ✅ | |\n", ""), ["line-missing/1.2"]),
        (GOOD.replace("2031-12-31", "2031-06-19"), ["row-outdated/1.1.x"]),
        (GOOD.replace("2031-12-31", "2031-06-20"), []),  # 1.2 follows
        (GOOD.replace("1.2.x | ✅ | ", "1.2.x | ✅ | 2031-07-04"), ["end-without-successor/1.2"]),
        (HEAD + "| 1.2.x | ✅ | 2031-07-04 |\n| < 1.2 | ❌ | |\n", ["end-without-successor/1.2"]),
        (HEAD + "| 1.2.x | ✅ | 2031-07-05 |\n| < 1.2 | ❌ | |\n", []),
        (GOOD.replace("| 1.2.x", "| 1.4.x | ✅ | |\n| 1.2.x"), ["row-without-release/1.4.x"]),
        (GOOD.replace("| 1.2.x", "| 1.4.x | ❌ | |\n| 1.2.x"), []),
        (GOOD + "| 0.3.x | ✅ | |\n", []),  # older than the list of releases
        ("# Security\n\nMail security@mail.example.\n", []),
        (HEAD + "| latest | ✅ | |\n", []),
    ],
)
def test_what_the_page_says_of_lines(text: str, expected: list[str]) -> None:
    assert keys(drift_in(text)) == expected


def test_older_lines_are_one_finding() -> None:
    page = HEAD + "| 1.2.x | ✅ | |\n"
    (finding,) = drift_in(page, "v0.8.0", "v0.9.0", "v1.0.0", "v1.1.0", "v1.2.0").findings
    assert finding.problem == "0.8 to 1.1 were released, and no row of the policy page covers them."
    assert finding.fix == "Add a row < 1.2 that says no longer supported."


@pytest.mark.parametrize(("form", "expected"), [("on", []), ("off", ["report-form-off/form"]), ("unknown", [])])
def test_a_report_form_that_is_off(form: PrivateForm, expected: list[str]) -> None:
    text = GOOD.replace("Mail security@mail.example.", "Use https://github.com/example/mail/security/advisories/new.")
    drift = drift_in(text, form=form)
    assert (keys(drift), "report-form-off" in drift.undecided) == (expected, form == "unknown")


@pytest.mark.parametrize(
    ("affected", "patched", "days", "expected"),
    [
        ("<= 1.2.0", "", 1, ["advisory-without-fix/GHSA-aaaa-bbbb-cccc"]),
        ("<= 1.2.0", "1.2.1", 1, ["advisory-without-fix/GHSA-aaaa-bbbb-cccc"]),
        ("<= 1.2.0", "", 0, []),  # what is wrong in a new one is said elsewhere
        ("< 1.2.0", "1.2.0", 9, []),
        ("<= 1.1.1", "", 9, []),  # the newest release is not affected
    ],
)
def test_an_advisory_without_a_fix(affected: str, patched: str, days: int, expected: list[str]) -> None:
    advisory = make.advisory(affected=affected, patched=patched, at=NOW - timedelta(days=days))
    assert keys(drift_in(GOOD, advisories=[advisory])) == expected
    assert keys(drift_in(GOOD, advisories=[make.known_advisory(advisory, authoritative=False)])) == []


@pytest.mark.parametrize("text", ["\x00\x01 not words", ""])
def test_of_a_page_that_cannot_be_read_nothing_is_said_and_nothing_is_forgotten(text: str) -> None:
    earlier = {"row-outdated/1.1.x": LastTold("…", NOW - make.DAY), "advisory-without-fix/GHSA-1": LastTold("!", NOW)}
    facts = make.knowledge([make.release("v1.2.0")], newer_unreadable=make.known_policy(text))
    news = news_of(drift_of(build_snapshot(make.project, facts), read_policy(text), NOW), earlier, NOW)
    assert [key for key, _ in news.put_right] == ["advisory-without-fix/GHSA-1"]
    assert not news.new


def test_before_the_first_reading_nothing_is_known() -> None:
    facts = Knowledge(project=make.project.id)
    earlier = {"row-outdated/1.1.x": LastTold("…", NOW), "advisory-without-fix/GHSA-1": LastTold("!", NOW)}
    assert not news_of(drift_of(build_snapshot(make.project, facts), None, NOW), earlier, NOW)


NAMES = st.sampled_from("abc")


@given(st.lists(st.sets(NAMES), max_size=40))
def test_each_is_said_once_then_weekly_and_once_when_it_is_gone(days: list[set[str]]) -> None:
    """Whatever lasts for how long."""
    stored: dict[str, LastTold] = {}
    for number, names in enumerate(days):
        now = NOW + number * make.DAY
        before = dict(stored)
        drift = Drift(tuple(DriftFinding("row-outdated", name, name, "") for name in sorted(names)))
        news = news_of(drift, stored, now)
        assert not news_of(drift, _after(stored, news.new, news.again, now, news.put_right), now)  # once a day
        stored = _after(stored, news.new, news.again, now, news.put_right)
        assert set(stored) == {f"row-outdated/{name}" for name in names}
        assert {each.key for each in news.new} == set(stored) - set(before)
        assert {key for key, _ in news.put_right} == set(before) - set(stored)
        assert all((now - last.at).days < 7 for last in stored.values())
        assert all((now - before[each.key].at).days == 7 for each in news.again)


def _after(
    stored: dict[str, LastTold],
    new: tuple[DriftFinding, ...],
    again: tuple[DriftFinding, ...],
    now: datetime,
    put_right: tuple[tuple[str, LastTold], ...],
) -> dict[str, LastTold]:
    others = {key: last for key, last in stored.items() if key not in dict(put_right)}
    return others | {each.key: LastTold(each.problem, now) for each in (*new, *again)}


def test_the_title_says_how_much_is_left() -> None:
    finding = DriftFinding("row-outdated", "1.1.x", "It is old.", "Move it.")
    last = LastTold("It was old.", NOW - 8 * make.DAY)
    drift, earlier = Drift((finding,)), {"row-outdated/1.0.x": last}
    assert drift_message(make.project, news_of(drift, {}, NOW)).title == "Mail Server – 1 thing to put right"
    again = drift_message(make.project, news_of(drift, {finding.key: last}, NOW))
    assert again.title == "Mail Server – 1 thing still to put right"
    fixed = drift_message(make.project, news_of(Drift(), earlier, NOW))
    assert (fixed.title, fixed.tone) == ("Mail Server – 1 thing put right", Tone.GOOD)
    assert "• Fixed: It was old." in make.lines_of(fixed)
