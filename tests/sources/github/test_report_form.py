"""Whether GitHub's private report form is switched on: asked once a day beside the page, and never in the page's way."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from chatbot.core.model.knowledge import PrivateForm
from chatbot.sources.github.policy import GithubPolicy
from chatbot.sources.github.report_form import WithReportForm
from tests.sources.harness import PROJECT, SourceHarness, open_harness
from tests.standins.clock import START
from tests.standins.github import faults
from tests.standins.github.faults import Fault

FORM = "/repos/*/private-vulnerability-reporting"
TEXT = "# Security\n\nMail security@example.org.\n"


def source(harness: SourceHarness) -> WithReportForm:
    page = GithubPolicy(PROJECT, harness.api, clock=harness.clock, reader=harness.reader)
    return WithReportForm(page, PROJECT, harness.api, clock=harness.clock)


def requests_for_form(harness: SourceHarness) -> int:
    return len(harness.world.requests_for("private-vulnerability-reporting"))


async def test_the_form_is_polled_once_a_day_and_announced_when_it_changes() -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", TEXT, START)
        harness.ferry.private_reports = True
        one = source(harness)
        first = await one.poll({})
        assert (first.private_form, len(first.observed), requests_for_form(harness)) == ("on", 1, 1)
        harness.clock.advance(timedelta(hours=23))
        same = await one.poll(first.cursor)
        assert (same.private_form, requests_for_form(harness)) == ("", 1)
        harness.clock.advance(timedelta(hours=2))
        again = await one.poll(same.cursor)
        assert (again.private_form, again.unchanged, requests_for_form(harness)) == ("", True, 2)
        harness.ferry.private_reports = False
        harness.clock.advance(timedelta(hours=25))
        changed = await one.poll(again.cursor)
        assert (changed.private_form, changed.observed, changed.unchanged) == ("off", (), False)


@pytest.mark.parametrize(
    "fault",
    [faults.status(403), faults.status(404), faults.status(422), faults.status(500), faults.dropped, faults.empty, faults.html_instead,
     faults.body(b'{"enabled": "yes"}', "application/json"), faults.body(b"[]", "application/json"), faults.not_utf8],
)  # fmt: skip
async def test_where_github_does_not_say_it_is_unknown_and_the_page_is_read(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", TEXT, START)
        harness.world.faults.lay(FORM, fault)
        one = source(harness)
        batch = await one.poll({})
        assert (batch.private_form, len(batch.observed)) == ("unknown", 1)
        asked_before = requests_for_form(harness)
        assert (await one.poll(batch.cursor)).private_form == ""
        assert requests_for_form(harness) == asked_before
        harness.world.faults.clear()
        harness.ferry.private_reports = True
        harness.clock.advance(timedelta(hours=2))
        assert (await one.poll(batch.cursor)).private_form == "on"


async def test_the_page_s_own_cursor_is_its_own() -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", TEXT, START)
        cursors: list[Mapping[str, str]] = []
        one = source(harness)
        first = await one.poll({})
        cursors.append(first.cursor)
        assert (await one.poll(first.cursor)).unchanged
        plain = GithubPolicy(PROJECT, harness.api, clock=harness.clock, reader=harness.reader)
        assert set(first.cursor) - set((await plain.poll({})).cursor) == {"report_form", "report_form_at"}


@pytest.mark.parametrize("state", ["on", "off", "unknown"])
async def test_a_clock_that_was_set_back_asks_again(state: PrivateForm) -> None:
    async with open_harness() as harness:
        harness.ferry.commit("SECURITY.md", TEXT, START)
        later = (harness.clock() + timedelta(days=400)).isoformat()
        batch = await source(harness).poll({"report_form": state, "report_form_at": later})
        assert requests_for_form(harness) == 1
        assert batch.cursor["report_form"] == "off"
