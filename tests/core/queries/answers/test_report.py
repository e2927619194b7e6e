"""The answers to `/report`, `/template`, `/policy` and `/redirect`, from the project's own page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.model.knowledge import PrivateForm, TrackedPolicy
from chatbot.core.model.message import Heading, Tone, paragraph, text
from chatbot.core.queries.answers.redirect import no_author, to_author, to_moderator
from chatbot.core.queries.answers.report import MOST, report, template
from chatbot.core.queries.answers.sections import LONGEST_SECTION, policy
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.snapshot import build_snapshot
from chatbot.core.support.policy import Clocks, Contact, Policy, Section
from tests.core import make

HOUR, DAY, START = make.HOUR, make.DAY, make.START
FORM = "https://github.com/example/mail/security/advisories/new"
WAYS = (
    Contact(kind="email", address="security@example.org", preferred=True),
    Contact(kind="form", form_of="GitHub", address=""),
    Contact(kind="url", address="https://example.org/report"),
    Contact(kind="email", address="ceo@example.org", backup=True, after=48 * HOUR),
    Contact(kind="email", address="cto@example.org", backup=True),
)
PAGE = Policy(
    contacts=WAYS,
    clocks=Clocks(acknowledge=timedelta(hours=24), detail=timedelta(hours=72), update=timedelta(days=7), target=timedelta(days=90)),
    required=("Type of issue:", "Steps"),
    helpful=("Configuration",),
    scope_in=("The server",),
    scope_out=("Spam",),
    sections=(
        Section(heading="", level=0, blocks=(paragraph("before"),)),
        Section(heading="Security policy", level=1, blocks=(paragraph("Words."),)),
        Section(heading="Reporting a vulnerability", level=2, blocks=(paragraph("Write to us."),)),
        Section(heading="By e-mail", level=3, blocks=(paragraph("By e-mail."),)),
        Section(heading="Scope", level=2, blocks=tuple(paragraph(str(number)) for number in range(LONGEST_SECTION + 1))),
    ),
)  # fmt: skip


def ask(
    page: Policy | None = PAGE, page_in_force: TrackedPolicy | None = None, *, bugs_url: str = "", section: str = ""
) -> QueryContext:
    project = replace(make.project, bugs_url=bugs_url)
    facts = make.knowledge(policy=page_in_force)
    arguments = {"section": section} if section else {}
    return QueryContext(
        forge=make.FORGE, snapshot=build_snapshot(project, facts), policy=page, now=START + DAY, arguments=arguments
    )


def test_the_private_ways_in_the_page_s_own_order() -> None:
    answer = report(ask(page_in_force=make.known_policy(), bugs_url="https://bugs.example.org"))
    assert make.lines_of(answer) == [
        "How to report a vulnerability in Mail Server",
        "• E-mail security@example.org (preferred)",
        "• GitHub: report a vulnerability privately",
        "• https://example.org/report",
        "• E-mail ceo@example.org (backup after 48 hours without an answer)",
        "• E-mail cto@example.org (backup)",
        "",
        "What the project promises",
        "• Acknowledged: within 24 hours",
        "• Detailed answer: within 72 hours",
        "• Updates: every 7 days",
        "• Resolved: target 90 days",
        "",
        "What to include",
        "• Type of issue:",
        "• Steps",
        "",
        "Helpful too",
        "• Configuration",
        "",
        "In scope",
        "• The server",
        "",
        "Out of scope",
        "• Spam",
        "Please don't post details here or anywhere public.",
        "Security policy: https://example.org/SECURITY.md",
        "Not a vulnerability? Report a bug: https://bugs.example.org",
        "1  Prepare my report",
        "Security policy, first read on 1 January 2030",
    ]
    assert answer.private
    assert [action.name for action in answer.actions] == ["template"]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (None, "Mail Server has no security policy that I could read; "),
        (Policy(), "Its policy names no way I can read; "),
    ],
)
def test_without_a_page_there_is_still_a_private_way(page: Policy | None, why: str) -> None:
    answer = report(ask(page))
    assert make.lines_of(answer)[1].startswith(why)
    assert [link.url for link in answer.links] == [FORM]
    assert answer.private


def test_another_github_has_its_own_form() -> None:
    context = replace(ask(None), forge=replace(make.FORGE, web_url="https://git.example.org/"))
    assert report(context).links[0].url == "https://git.example.org/example/mail/security/advisories/new"


@pytest.mark.parametrize(
    ("page", "to", "fields"),
    [
        (PAGE, "To: security@example.org", ["Type of issue:", "Steps:", "Configuration:"]),
        (None, "To: the private form behind the link", ["What it is:", "Affected versions:", "How to reproduce it:", "Its impact:"]),
        (Policy(contacts=WAYS[3:]), "To: the private form behind the link", ["What it is:", "Affected versions:", "How to reproduce it:", "Its impact:"]),
        (Policy(required=("x",) * 99), "To: the private form behind the link", ["x:"] * 2 * MOST),
    ],
)  # fmt: skip
def test_an_empty_report_to_copy(page: Policy | None, to: str, fields: list[str]) -> None:
    answer = template(ask(page))
    lines = make.lines_of(answer)
    assert lines[1] == to
    assert [line for line in lines if line.endswith(":") and line != to] == fields
    assert answer.private


def test_the_list_of_sections() -> None:
    answer = policy(ask(page_in_force=make.known_policy()))
    assert make.lines_of(answer)[1:5] == [
        "• Security policy",
        "• Reporting a vulnerability",
        "  • By e-mail",
        "• Scope",
    ]


@pytest.mark.parametrize(
    ("section", "heading"),
    [
        ("Reporting a vulnerability", "Reporting a vulnerability"),
        ("reporting A VULNERABILITY", "Reporting a vulnerability"),
        ("vulnerability reporting", "Reporting a vulnerability"),
        ("e-mail", "By e-mail"),
        ("policy", "Security policy"),
    ],
)
def test_a_section_by_its_heading(section: str, heading: str) -> None:
    assert policy(ask(page_in_force=make.known_policy(), section=section)).title == f"Mail Server – {heading}"


def test_a_section_includes_its_subsections() -> None:
    lines = make.lines_of(policy(ask(page_in_force=make.known_policy(), section="reporting")))
    assert [line for line in lines if "e-mail" in line.casefold()] == ["│ By e-mail", "│ By e-mail."]
    assert "… the rest is in the full security policy." not in lines
    long = make.lines_of(policy(ask(page_in_force=make.known_policy(), section="scope")))
    assert "… the rest is in the full security policy." in long
    whole = policy(ask(page_in_force=make.known_policy(), section="security policy"))
    assert Heading(3, text("By e-mail")) in whole.body[0].blocks  # type: ignore[union-attr]  # a quote


def test_a_page_that_has_no_address_has_no_link() -> None:
    page_in_force = make.known_policy()
    local = replace(page_in_force, page=replace(page_in_force.page, url=""))
    assert policy(ask(page_in_force=local)).links == ()
    assert report(ask(page_in_force=local)).links == ()


@pytest.mark.parametrize(
    ("context", "title"),
    [
        (ask(None), "Mail Server has no security policy that I could read"),
        (ask(None, make.known_policy()), "Mail Server has no security policy that I could read"),
        (ask(PAGE), "Mail Server has no security policy that I could read"),
        (ask(PAGE, make.known_policy(), section="cooking"), "The policy has no section “cooking”"),
    ],
)
def test_a_section_or_page_that_does_not_exist(context: QueryContext, title: str) -> None:
    answer = policy(context)
    assert answer.title == title
    assert answer.tone is Tone.UNSURE


def test_an_author_gets_the_private_instructions() -> None:
    answer = to_author(ask())
    assert answer.title == "Please report this to Mail Server in private"
    assert "security@example.org" in make.words(answer)
    assert make.lines_of(answer)[1].startswith("A moderator thinks")
    assert answer.private


@pytest.mark.parametrize(("message", "actions"), [("1/2", ["remove"]), ("", [])])
def test_a_moderator_may_remove_the_message(message: str, actions: list[str]) -> None:
    answer = to_moderator(ask(), message)
    assert [action.name for action in answer.actions] == actions
    assert answer.private
    assert no_author().private


def test_parts_that_the_page_does_not_have_are_left_out() -> None:
    lines = make.lines_of(report(ask(Policy(contacts=WAYS[:1], required=("Steps",)))))
    assert "What to include" in lines
    assert "Helpful too" not in lines
    assert "What the project promises" not in lines


@pytest.mark.parametrize(
    ("page", "state", "line", "offered"),
    [
        # the page names the form
        (PAGE, "on", "• GitHub: report a vulnerability privately", True),
        (PAGE, "unknown", "• GitHub: report a vulnerability privately", True),
        (PAGE, "off", "• GitHub's private form, which the page names, is switched off: use another way", False),
        # it names other ways
        (Policy(contacts=WAYS[:1]), "on", "• GitHub: report a vulnerability privately", True),
        (Policy(contacts=WAYS[:1]), "unknown", "• E-mail security@example.org (preferred)", False),
        (Policy(contacts=WAYS[:1]), "off", "• E-mail security@example.org (preferred)", False),
        # it names none
        (None, "on", "Mail Server has no security policy that I could read; GitHub's private form is switched on and reaches its maintainers.", True),
        (None, "off", "Mail Server has no security policy that I could read; GitHub's private form is switched off. Ask its maintainers for a private way, without any details.", False),
        (Policy(readable=False, problem="The page is not UTF-8."), "unknown", "Its security policy cannot be read (The page is not UTF-8); GitHub's private form reaches its maintainers where they have switched it on.", True),
    ],
)  # fmt: skip
def test_github_s_form_is_offered_where_it_is_switched_on(
    page: Policy | None, state: PrivateForm, line: str, offered: bool
) -> None:
    context = ask(page)
    context = replace(
        context, snapshot=replace(context.snapshot, knowledge=replace(context.knowledge, private_form=state))
    )
    answer = report(context)
    assert line in make.lines_of(answer)
    assert (FORM in repr(answer)) == offered
    assert repr(answer).count(FORM) <= 1, "a way is shown once"
    empty = template(context)
    if state == "off":
        assert FORM not in repr(answer) + repr(empty)
    if state == "unknown" and page is None:
        assert "GitHub's private form is there if the repository has it switched on" in repr(empty)


@pytest.mark.parametrize(
    ("address", "web_url", "label"),
    [
        ("https://github.com/example/mail/security/advisories/new", "https://github.com", "GitHub: report a vulnerability privately"),
        ("https://GitHub.com/example/mail/security/advisories/new", "https://github.com/", "GitHub: report a vulnerability privately"),
        ("https://evilgithub.com/example/mail/security/advisories/new", "https://github.com", "https://evilgithub.com/example/mail/security/advisories/new"),
        ("https://github.com.evil.example/a/b/security/advisories/new", "https://github.com", "https://github.com.evil.example/a/b/security/advisories/new"),
        ("https://evil.example/github.com/security/advisories/new", "https://github.com", "https://evil.example/github.com/security/advisories/new"),
        ("https://github.com/a/b/security/advisories/new", "https://git.example.org", "https://github.com/a/b/security/advisories/new"),
    ],
)  # fmt: skip
def test_only_the_configured_github_is_called_github(address: str, web_url: str, label: str) -> None:
    page = Policy(contacts=(Contact(kind="form", form_of="GitHub", address=address),))
    lines = make.lines_of(report(replace(ask(page), forge=replace(make.FORGE, web_url=web_url))))
    assert f"• {label}" in lines


def test_the_key_is_shown() -> None:
    page = replace(PAGE, pgp="Our key is on our site.", pgp_key="https://example.org/pgp.asc")
    answer = report(ask(page))
    assert "Encryption: Our key is on our site." in make.lines_of(answer)
    assert "https://example.org/pgp.asc" in [link.url for link in answer.links]


def test_an_unreadable_page() -> None:
    broken = Policy(readable=False, problem="The page is not UTF-8.")
    assert make.lines_of(policy(ask(broken, make.known_policy())))[:2] == [
        "The security policy of Mail Server cannot be read",
        "The page is not UTF-8.",
    ]
