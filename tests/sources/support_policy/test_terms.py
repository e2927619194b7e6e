"""What a policy page says beside its versions: contacts, clocks, what to include, scope, safe harbour, disclosure, PGP."""

from datetime import timedelta

import pytest

from chatbot.core.model.message import BulletList, plain
from chatbot.core.support.policy import Clocks, Contact
from chatbot.sources.support_policy.durations import duration_in
from chatbot.sources.support_policy.reader import read_policy

HOURS, DAYS = timedelta(hours=1), timedelta(days=1)

PAGE = """# Security Policy of Kestrel

## Reporting a Vulnerability

**Do not open public issues.** Use one of these channels:

1. **Email** (preferred): write to `security@kestrel.example.net`
2. **GitHub Security Advisories**: use the "Report a vulnerability" button in the Security tab
3. **Backup contact**: if there is no response within 48 hours, email `backup@kestrel.example.net`

### What to include

Please include the following.

**Required information:**
- the version
- the steps
  to reproduce

**Helpful additional details:**
- a patch

### Response times

- **Initial acknowledgment**: within 24 hours
- **Detailed response**: within 72 hours
- **Status updates**: every 7 days until resolved
- **Resolution target**: 90 days for most issues

## Disclosure policy

We follow coordinated disclosure, typically 60 days from report to public disclosure.

## Scope

**In scope:**
- the server
- official images

**Out of scope:**
- plugins of others

## Legal safe harbor

We will not take legal action against research in good faith.

## Contact

- General inquiries: hello@kestrel.example.net
- PGP key: available upon request
- Past advisories are published through GitHub Security Advisories
"""


def test_a_full_page_is_read_whole() -> None:
    policy = read_policy(PAGE)
    assert policy.contacts == (
        Contact(kind="email", address="security@kestrel.example.net", preferred=True),
        Contact(kind="form", form_of="GitHub", address=""),
        Contact(kind="email", address="backup@kestrel.example.net", backup=True, after=48 * HOURS),
    )
    assert policy.clocks == Clocks(acknowledge=24 * HOURS, detail=72 * HOURS, update=7 * DAYS, target=90 * DAYS)
    assert policy.required == ("the version", "the steps to reproduce")
    assert policy.helpful == ("a patch",)
    assert policy.scope_in == ("the server", "official images")
    assert policy.scope_out == ("plugins of others",)
    assert policy.safe_harbour == "We will not take legal action against research in good faith."
    assert policy.disclosure.startswith("We follow coordinated disclosure")
    assert policy.pgp == "PGP key: available upon request"


def test_the_sections_of_a_page_are_kept_with_their_lines() -> None:
    sections = read_policy(PAGE).sections
    assert [section.heading for section in sections][:4] == [
        "Security Policy of Kestrel",
        "Reporting a Vulnerability",
        "What to include",
        "Response times",
    ]
    assert [section.level for section in sections][:3] == [1, 2, 3]
    assert all(PAGE.splitlines()[section.line - 1].lstrip("# ") == section.heading for section in sections)
    (block,) = next(section.blocks for section in sections if section.heading == "Response times")
    assert isinstance(block, BulletList)
    assert plain(block.items[0].spans) == "Initial acknowledgment: within 24 hours"


def test_what_stands_before_the_first_heading_is_a_section_without_one() -> None:
    first, second = read_policy("Hello.\n\n# Policy\n").sections
    assert (first.heading, first.level, second.heading) == ("", 0, "Policy")


def test_what_is_not_found_is_absent() -> None:
    policy = read_policy("# Security\n\nWe like security and respond to everything with care.\n")
    assert policy.contacts == ()
    assert policy.clocks == Clocks()
    assert (policy.required, policy.helpful, policy.scope_in, policy.scope_out) == ((), (), (), ())
    assert (policy.safe_harbour, policy.disclosure, policy.pgp) == ("", "", "")


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("Mail security@a.example.org.", "security@a.example.org"),
        ("Mail [us](mailto:security@a.example.org?subject=x).", "security@a.example.org"),
        ("Mail <security@a.example.org>.", "security@a.example.org"),
        ("Send an email to security [at] kestrel.org", "security@kestrel.org"),
        ("Send an email to security [at] kestrel [dot] org", "security@kestrel.org"),
        ("Send an email to security(at)kestrel(dot)org", "security@kestrel.org"),
        ("Send an email to `security AT kestrel DOT org` please", "security@kestrel.org"),
        ("Send it to security @ kestrel.org.", "security@kestrel.org"),
        ("Report vulnerabilities by emailing us at:\n\n    info at kestrel.org\n", "info@kestrel.org"),
        ("Email doorkeeper at kestrel.me, who answers.", "doorkeeper@kestrel.me"),
    ],
)
def test_an_address_is_found_in_every_disguise(words: str, address: str) -> None:
    assert [contact.address for contact in read_policy(f"# Reporting\n\n{words}\n").contacts] == [address]


@pytest.mark.parametrize(
    "words",
    [
        "Found by Ann (ann@example.org), reported by Ann.",
        "General inquiries: hello@a.example.net",
        "Clone it with git@github.com:a/b.git and report.",
        "Reach us at example.org by mail.",
        "Advisories are published as GitHub Security Advisories.",
        "See [our docs](https://github.com/a/b/security/advisories/GHSA-aaaa-bbbb-cccc) for a reported issue.",
        "We follow the [definition](https://example.org/security/definition) of a vulnerability you report.",
        "Report it, but not at [this](javascript:alert(1)) or [that](https://[broken/report).",
    ],
)
def test_no_address_is_invented(words: str) -> None:
    assert read_policy(f"# Security\n\n{words}\n").contacts == ()


@pytest.mark.parametrize(
    ("words", "kind", "address"),
    [
        (
            "Please [report it](https://github.com/a/b/security/advisories/new).",
            "form",
            "https://github.com/a/b/security/advisories/new",
        ),
        (
            "Report at https://github.com/a/b/security/advisories.",
            "form",
            "https://github.com/a/b/security/advisories",
        ),
        ("Use GitHub's private vulnerability reporting.", "form", ""),
        (
            "Report [privately](https://docs.github.com/en/guidance/privately-reporting-a-security-vulnerability).",
            "form",
            "",
        ),
        ("Report it to [our program](https://hackerone.com/kestrel).", "url", "https://hackerone.com/kestrel"),
        (
            "Report through [this form](https://example.org/report-a-problem).",
            "url",
            "https://example.org/report-a-problem",
        ),
    ],
)
def test_forms_are_found(words: str, kind: str, address: str) -> None:
    (contact,) = read_policy(f"# Reporting\n\n{words}\n").contacts
    assert (contact.kind, contact.address) == (kind, address)


@pytest.mark.parametrize(
    ("words", "clocks"),
    [
        (
            "You should receive a response within 24 hours. If for some reason you do not, follow up within 3 days.",
            Clocks(acknowledge=24 * HOURS),
        ),
        (
            "We will acknowledge your email within 24 hours, and you'll receive a more detailed response within 48 hours.",
            Clocks(acknowledge=24 * HOURS, detail=48 * HOURS),
        ),
        ("We aim to respond within 5 business days.", Clocks(acknowledge=7 * DAYS)),
        ("Expect an answer in one to two weeks.", Clocks(acknowledge=14 * DAYS)),
        ("We reply within 2-3 days.", Clocks(acknowledge=3 * DAYS)),
        ("You will get weekly updates on our progress.", Clocks(update=7 * DAYS)),
        ("Please give us at least 90 days to fix it before disclosure.", Clocks(target=90 * DAYS)),
        ("We disclose after 30 days.", Clocks(target=30 * DAYS)),
        ("Critical fixes within 48h, others when ready. Public disclosure after 90 days.", Clocks(target=48 * HOURS)),
        ("We keep logs for 30 days.", Clocks()),
    ],
)
def test_clocks_are_what_is_promised(words: str, clocks: Clocks) -> None:
    assert read_policy(f"# Response\n\n{words}\n").clocks == clocks


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("within 72 hours", 72 * HOURS),
        ("48h", 48 * HOURS),
        ("three (3) working days", 3 * DAYS),
        ("ten business days", 14 * DAYS),
        ("a month", 30 * DAYS),
        ("an hour", HOURS),
        ("90-day", 90 * DAYS),
        ("and done", None),
        ("soon", None),
    ],
)
def test_durations(text: str, length: timedelta | None) -> None:
    assert duration_in(text) == length


def test_scope_in_one_line_and_asking_items() -> None:
    page = """# Security
## Scope

In scope: the parser in this repository.

Out of scope: everything else.

## Report

1. Include the following details in your report:
   - steps
   - impact
2. Wait.
"""
    policy = read_policy(page)
    assert policy.scope_in == ("the parser in this repository.",)
    assert policy.scope_out == ("everything else.",)
    assert policy.required[:2] == ("steps", "impact")


def test_long_terms_are_cut_at_a_word() -> None:
    policy = read_policy("# Safe harbor\n\n" + "good faith " * 300)
    assert len(policy.safe_harbour) <= 1000
    assert policy.safe_harbour.endswith("good…") or policy.safe_harbour.endswith("faith…")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Our PGP key is at https://acme.example/pgp.asc.", "https://acme.example/pgp.asc"),
        ("Encrypt with [our GPG key](https://acme.example/key).", "https://acme.example/key"),
        ("Encrypt with [our GPG key](javascript:alert(1)).", ""),
        ("PGP key: available upon request", ""),
        ("Write with PGP through [the form](https://acme.example/report).", ""),
    ],
)
def test_where_the_key_is(words: str, key: str) -> None:
    policy = read_policy(f"# Security\n\n{words}\n")
    assert policy.pgp
    assert policy.pgp_key == key


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (
            "Please include the version, the configuration, and a log.",
            ("The version", "The configuration", "A log"),
        ),
        ("Reports should contain steps to reproduce and the impact.", ("Steps to reproduce", "The impact")),
        ("Please do not include personal data and passwords.", ()),
        ("Please include details.", ()),
    ],
)
def test_what_a_sentence_asks_for(words: str, fields: tuple[str, ...]) -> None:
    assert read_policy(f"# Reporting\n\n{words}\n").required == fields
