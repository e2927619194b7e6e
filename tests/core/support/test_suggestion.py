"""A table that is suggested says the same as the page: for chosen pages, random ones, and those of the corpus."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.support.policy import Policy, line_style, status
from chatbot.core.support.suggestion import Releases, Suggestion, suggest
from chatbot.core.versions.version import Version, read_version
from chatbot.sources.support_policy.reader import read_policy
from tests.corpus.parts import OPENED, questions
from tests.corpus.where import needed

TODAY = date(2031, 6, 1)
HEAD = "# Security\n\n| Version | Supported | End of support |\n|---|---|---|\n"


def releases(*names: str) -> Releases:
    versions = [version for name in names if (version := read_version(name))]
    return Releases(versions=versions, published={each: date(2031, 1, 1) for each in versions})


def suggested(page: str, *names: str) -> Suggestion:
    suggestion = suggest(read_policy(page), read_policy, today=TODAY, releases=releases(*names))
    assert suggestion is not None
    return suggestion


def answers(policy: Policy, version: Version, listed: Releases) -> tuple[str, date | None]:
    answer = status(
        policy,
        version,
        today=TODAY,
        releases=list(listed.versions) or None,
        newest=listed.newest,
        published=listed.published,
        lines=line_style(policy),
    )
    return answer.state, answer.until


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        ("We support 2.1.x until 2031-12-31. 2.0.x is no longer supported.\n", ["2.1.x | ✅ | 2031-12-31", "2.0.x | ❌ |"]),
        ("Only the latest two minor releases receive fixes.\n", ["Latest two minors | ✅", "All other versions | ❌"]),
        (f"{HEAD}| 2.x | yes | until 3.0 is released |\n| < 2 | no | |\n", ["2.x | ✅ | until 3.0 is released", "< 2 | ❌ |"]),
        (f"{HEAD}| 2.x | perhaps | |\n| < 2 | no | |\n", ["2.x | ?", "< 2 | ❌"]),
        (f"{HEAD}| main | yes | |\n| < 2 | no | |\n", ["main | ✅", "< 2 | ❌"]),
    ],
)  # fmt: skip
def test_each_statement_is_a_row(page: str, rows: list[str]) -> None:
    text = suggested(page, "2.1.0", "2.0.3").text
    assert [line.strip("| ") for line in text.splitlines()[4:]] == [row.strip("| ") for row in rows]
    assert text.startswith("## Supported versions\n\n| Version | Supported |")


def test_what_a_page_contradicts_stays_open_and_is_named() -> None:
    page = f"{HEAD}| 2.x | yes | |\n| 1.x | no | |\n\nOnly the latest minor is supported.\n"
    suggestion = suggested(page, "2.3.0", "2.2.1", "1.0.0")
    assert [line for line in suggestion.text.splitlines() if line.endswith(("✅ |", "? |"))] == [
        "| >= 2.3, < 3 | ✅ |",
        "| >= 2, < 2.3 | ? |",
    ]
    assert suggestion.unclear == (">= 2, < 2.3",)


def test_parts_get_a_column() -> None:
    page = "# Security\n\n## Server\n\n| V | Supported |\n|---|---|\n| 7.x | yes |\n\n## Client\n\n| V | Supported |\n|---|---|\n| 2.x | no |\n"
    text = suggested(page).text
    assert "| Component | Version | Supported |" in text
    assert "| Server | 7.x | ✅ |" in text


@pytest.mark.parametrize(
    "page", ["Be kind.\n", "\x00", "", HEAD + "".join(f"| {n}.x | yes | |\n" for n in range(1, 90))]
)
def test_nothing_is_suggested_for_a_page_that_says_nothing_or_too_much(page: str) -> None:
    assert suggest(read_policy(page), read_policy, today=TODAY) is None


def test_a_table_that_is_not_read_back_alike_is_not_suggested() -> None:
    policy = read_policy(f"{HEAD}| 2.x | yes | |\n")
    assert suggest(policy, lambda _: Policy(), today=TODAY) is None
    assert suggest(policy, lambda _: Policy(readable=False), today=TODAY) is None


NUMBERS = st.integers(0, 9)
LINES = st.builds("{}.{}.x".format, NUMBERS, NUMBERS) | st.builds("{}.x".format, NUMBERS)
CELLS = (
    LINES
    | st.builds("< {}.{}".format, NUMBERS, NUMBERS)
    | st.builds(">= {}.{}".format, NUMBERS, NUMBERS)
    | st.builds("{}.{}.{}".format, NUMBERS, NUMBERS, NUMBERS)
    | st.sampled_from(
        ["Latest minor", "Latest release", "Latest two majors", "All others", "Older", "main", "|", "`x`", "soon"]
    )
)
MARKS = st.sampled_from(["yes", "no", "✅", ":x:", "perhaps", "best effort", "", "security fixes only"])
ENDS = st.sampled_from(["", "2031-12-31", "2031-01-31", "until 5.0 is released", "until the next LTS", "TBD", "**"])
SENTENCES = st.sampled_from(
    [
        "Only the latest minor release is supported.",
        "Versions before 2.0 are not supported.",
        "Older versions are not supported.",
        "We may backport fixes to 3.x.",
        "Only 3.x and 4.x get security fixes.",
        "",
    ]
)
RELEASES = st.lists(st.builds("{}.{}.{}".format, NUMBERS, NUMBERS, NUMBERS), max_size=8, unique=True)


@st.composite
def pages(draw: st.DrawFn) -> str:
    rows = draw(st.lists(st.tuples(CELLS, MARKS, ENDS), max_size=5))
    table = HEAD + "".join(f"| {line} | {mark} | {end} |\n" for line, mark, end in rows) if rows else "# Security\n"
    return f"{table}\n{draw(SENTENCES)}\n\n{draw(SENTENCES)}\n"


@given(pages(), RELEASES)
def test_a_suggested_table_answers_the_same_for_every_line(page: str, names: list[str]) -> None:
    policy, listed = read_policy(page), releases(*names)
    suggestion = suggest(policy, read_policy, today=TODAY, releases=listed)
    if suggestion is None:
        return
    again = read_policy(suggestion.text)
    lines = {(version.numbers[:2]): version for version in sorted(listed.versions, key=lambda each: each.order)}
    for version in lines.values():  # the newest of each line
        assert answers(again, version, listed) == answers(policy, version, listed), suggestion.text


@needed
def test_nearly_every_page_of_the_corpus_has_a_table_that_says_the_same() -> None:
    pages_read = {path: question for part in OPENED for path, question in questions(part)}
    missing, speaking = list[Path](), 0
    for path, question in pages_read.items():
        policy = read_policy(path.read_text("utf-8", errors="replace"))
        if not policy.readable or not policy.rows:
            continue
        speaking += 1
        listed = releases(question["latest"]) if question.get("latest") else Releases()
        suggestion = suggest(policy, read_policy, today=TODAY, releases=listed)
        if suggestion is None:
            missing.append(path)
            continue
        again, version = read_policy(suggestion.text), read_version(question["version"])
        if version is not None and version in listed.versions:
            assert answers(again, version, listed) == answers(policy, version, listed), path.name
    assert speaking > 0
    assert len(missing) <= 0.05 * speaking, missing
