"""Bad input: whatever the text, there is an answer with a reason, in bounded time, and decoration changes nothing."""

import re
import tracemalloc
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.core.support.diff import changes
from chatbot.core.support.lint import lint
from chatbot.core.support.policy import status
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy
from chatbot.sources.support_policy.text import MAX_BYTES
from tests.cost import assert_cheap, cpu
from tests.examples import scaled
from tests.sources.policy_questions import TODAY, H, answer

TABLE = H + (
    "| Version | Supported | End of support |\n"
    "| ------- | --------- | -------------- |\n"
    "| 2.1.x   | :white_check_mark: | TBD |\n"
    "| 2.0.x   | Yes | 2025-12-31 |\n"
    "| < 2.0   | :x: | Ended |\n"
    "\nOlder versions are not supported. Security reports go to security@example.org.\n"
)
VERSIONS = ("2.1.4", "2.0.0", "1.9", "2.2", "3.0.0")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * (MAX_BYTES + 1), "256 KiB"),
        ("é" * (MAX_BYTES // 2 + 1), "256 KiB"),
        ("| 1.x | yes |\n" * 2001, "2,000"),
        ("1.x | yes\n" * 2001, "2,000"),
        ("<tr><td>1.x</td></tr>\n" * 2001, "2,000"),
        ("\x7fELF\x00\x01\x02", "not text"),
        ("\ufffd" * 30, "not text"),
        ("a " * 20_000, "32 KiB"),
        ("[a](b)\n" * 5001, "5000 links"),
        ("a\n\n" * 10_001, "10000 lines"),
        ("*a* " * 4000 + "\n" + "*a* " * 4000 + "\n" + "*a* " * 4000, "signs of markup"),
        ("|a" * 200 + "|\n" + "|-" * 200 + "|\n", "100 columns"),
    ],
)
def test_a_page_that_is_no_page_is_refused_before_parsing(text: str, reason: str) -> None:
    policy = read_policy(text)
    assert not policy.readable
    assert reason in policy.problem
    verdict = status(policy, "main", today=TODAY)
    assert (verdict.state, verdict.reason) == ("unknown", policy.problem)


@pytest.mark.parametrize(
    "text", ["", "\n", "404: Not Found", "# Security\n\nMail us.\n", "> " * 400 + "1.x", "\u202e.x.1 detroppus"]
)
def test_a_page_without_versions_is_unknown_with_a_reason(text: str) -> None:
    verdict = answer(text, "1.2.3")
    assert verdict.state == "unknown"
    assert verdict.reason == "The page lists no versions; a table of versions and whether each is supported would tell."


def test_the_unedited_template_says_nothing() -> None:
    rows = "".join(
        f"| {cell} |\n"
        for cell in ("5.1.x | :white_check_mark:", "5.0.x | :x:", "4.0.x | :white_check_mark:", "< 4.0 | :x:")
    )
    verdict = answer(H + "| Version | Supported |\n|---|---|\n" + rows, "5.1.2")
    assert verdict.state == "unknown"
    assert "template" in verdict.reason


def test_two_thousand_rows_are_read() -> None:
    page = H + "| Version | Supported |\n|---|---|\n" + "".join(f"| {at}.x | yes |\n" for at in range(1990))
    assert answer(page, "1989.4").state == "supported"
    assert answer(page, "1990.0").state == "not_listed"


def test_marks_that_turn_the_writing_are_dropped() -> None:
    assert answer(TABLE.replace("2.1.x", "\u202e2.1.x\u202c"), "2.1.4").state == "supported"


HOSTILE = [
    "[", "![a", "[a](", "*a_", "`", "<", "<a ", "<!--", "<![CDATA[", "<?", "<table>\n\n<tr><td>", "&#x41;", "~~a ", "- ", "> ", "a.b@", "(",
    "1.2.3, ", "1.x - ", "v1", "x.", "2025-", "the latest ", "version 1.2 and ", "support latest a b c d ", "at b.c ", " [at] ",
    "within 24 hours ", "and the previous ", "e.g. ", "\\", "_", "**", "|", '"', "9" * 60, "github private ", "days public ", "not listed ",
    "is ", "1.0 is is is is is is is is is is is is is is is is is is is is ",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("width", [150, 20_000])
def test_no_text_makes_reading_explode(unit: str, width: int) -> None:
    """A bound on processor time that honest reading of 40 kB stays far below, and a squared or worse one does not."""
    line = (unit * (width // len(unit) + 1))[:width].replace("|", "¦" if width < 1000 else "|")
    page = H + "".join(f"- {line}\n\n{line}\n" for _ in range(40_000 // (2 * width)))
    assert_cheap(lambda: read_policy(page), 8.0, unit)


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_cell_makes_reading_explode(unit: str) -> None:
    cell = (unit.replace("|", "") * 200)[:120].replace("\n", " ")
    page = H + "| Version | Supported | Until |\n|---|---|---|\n" + f"| {cell} | {cell} | {cell} |\n" * 100
    assert_cheap(lambda: status(read_policy(page), "main", today=TODAY), 8.0, unit)


PIECES = st.sampled_from(
    [
        "| ", "\n", "|-|-|\n", "Version", "Supported", "1.x", "< 4.0", "5.1.2", "latest", "older", "✅", ":x:", "yes", "until ", "2025-12-31",
        "31/06/2021", "99/99/2020", "- ", "# ", "## Supported Versions\n", "> ", "**", "`", "[", "](", "http://a.b", "<table>", "<tr>", "<td>",
        "</table>", "<!--", "-->", "<script>", "\r", "\u202e", "within 24 hours", "a@b.co", "security [at] b.co", "and the previous one", "^",
        "only the latest version is supported", "the last 3 minor releases", " - ", ">=", "~>", "9" * 19, "v", "x.x", "(", "main", "TBD",
        "all others", "²", "Ⅷ", "٣.٤", "January 2024", "Q4 2025",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(st.one_of(PIECES, PIECES, st.text(max_size=4)), max_size=50).map("".join)
)


@settings(max_examples=scaled(150), deadline=None)
@given(text=TEXTS, asked=st.sampled_from(["1.2.3", "0", "5", "4.0.0-rc1", "2026-03b", "main", "1.1.1w", "9" * 20]))
def test_any_text_gives_an_answer(text: str, asked: str) -> None:
    policy = read_policy(text)
    releases = [version for tag in ("1.2.3", "5.1") if (version := read_version(tag))]
    verdict = status(policy, read_version(asked) or asked, today=TODAY, releases=releases)
    assert verdict.reason
    assert verdict.row is not None or verdict.state not in ("supported", "ended")
    assert changes(policy, policy) == ()
    assert all(finding.problem and finding.fix for finding in lint(policy, today=TODAY, releases=releases))


def _dressed(how: str) -> Callable[[str], str]:
    return lambda text: re.sub(r"^\| ([^|-]*?\d[^|-]*?) +\|", how, text, flags=re.MULTILINE)


DECORATIONS: dict[str, Callable[[str], str]] = {
    "wider": lambda text: re.sub(r" *\| *", "   |     ", text),
    "narrower": lambda text: re.sub(r" *\| *", "|", text),
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "cr": lambda text: text.replace("\n", "\r"),
    "trailing blanks": lambda text: text.replace("\n", "  \n"),
    "byte order mark": lambda text: "\ufeff" + text,
    "upper": str.upper,
    "lower": str.lower,
    "linked": _dressed(r"| [\1](https://example.org/x) |"),
    "bold": _dressed(r"| **\1** |"),
    "code": _dressed(r"| `\1` |"),
}


@pytest.mark.parametrize("name", DECORATIONS)
def test_decoration_changes_no_answer(name: str) -> None:
    page = DECORATIONS[name](TABLE)
    assert page != TABLE
    for version in VERSIONS:
        plain, dressed = answer(TABLE, version), answer(page, version)
        assert (plain.state, plain.until) == (dressed.state, dressed.until), version
    assert changes(read_policy(TABLE), read_policy(page)) == ()
    assert [answer(TABLE, version).state for version in VERSIONS] == [
        "supported",
        "supported",
        "ended",
        "not_listed",
        "not_listed",
    ]


@settings(max_examples=scaled(80), deadline=None)
@given(
    edge=st.sampled_from([" ", "  ", "\t", " \t "]),
    label=st.sampled_from(
        ["2.0.x", "v2.0.X", "2.0", "`2.0.*`", "**2.0.x**", "Version 2.0.x", "[2.0.x](https://example.org)"]
    ),
    mark=st.sampled_from(
        [":white_check_mark:", "✅", "✔️", "Yes", "YES", "supported", "&#10004;", "✅ Yes", "Active", "[x]"]
    ),
    end=st.sampled_from(
        ["2025-12-31", "31.12.2025", "December 31, 2025", "31 Dec 2025", "2025/12/31", "Dec 2025", "Q4 2025", "2025"]
    ),
)
def test_one_question_in_many_spellings_has_one_answer(edge: str, label: str, mark: str, end: str) -> None:
    row = "|".join(f"{edge}{cell}{edge}" for cell in (label, mark, end))
    page = f"{H}| Version | Supported | End of support |\n|-|-|-|\n|{row}|\n"
    assert (answer(page, "2.0.9").state, answer(page, "2.0.9").until) == ("supported", date(2025, 12, 31))
    late = answer(page, "2.0.9", today=date(2026, 1, 1))
    assert (late.state, late.stale) == ("ended", True)
    assert answer(page, "2.1.0").state == "not_listed"


def _lines(unit: str, size: int) -> str:
    """The unit over and over, in lines of 16 Ki characters."""
    line = unit * (16_000 // len(unit))
    return "\n".join([line] * max(1, size // len(line)))


# Each makes a page of about so many characters; what is in it grows in step.
GROWING: dict[str, Callable[[int], str]] = {
    "comments": lambda size: "<!-- -->\n" * (size // 9),
    "open comments": lambda size: "<!-- \n" * (size // 6),
    "comment on comment": lambda size: _lines("<!--->", size),
    "nested lists": lambda size: "\n".join(" " * (2 * (at % 40)) + "- a" for at in range(size // 45)),
    "nested quotes": lambda size: "\n".join(">" * (at % 25) + " a" for at in range(size // 15)),
    "paragraphs in one item": lambda size: "- a\n" + "\n  b\n" * (size // 5),
    "items": lambda size: "- 1.x: supported until 2.0 is released\n" * (size // 40),
    "pipes": lambda size: ("|" * 80 + "\n") * (size // 81),
    "a long table": lambda size: "| Version | Supported |\n|---|---|\n" + "| 1.x | yes |\n" * (size // 14),
    "a broken table": lambda size: "| Version | Supported |\n" + "| 1.x | yes |\n" * (size // 14),
    "a wide table": lambda size: ("|a" * 90 + "|\n" + "|-" * 90 + "|\n" + "|b" * 90 + "|\n\n") * (size // 550),
    "a table in HTML": lambda size: "<table>" + "<tr><td>1.x<td>yes" * (size // 18) + "</table>",
    "tables in HTML": lambda size: "<table><tr><td>1.x<td>yes</table>\n\n" * (size // 36),
    "entities": lambda size: _lines("&amp;&#x41;", size),
    "open entities": lambda size: _lines("&#x", size),
    "tags": lambda size: _lines("<b>", size),
    "open tags": lambda size: _lines("<a ", size),
    "footnotes": lambda size: _lines("a</sup>", size),
    "notes": lambda size: _lines("<sup>a</sup>", size),
    "fences": lambda size: "```\n| 1.x | yes |\n```\n" * (size // 22),
    "open fences": lambda size: "~~~ `\n" * (size // 6),
    "back quotes": lambda size: "".join("e" + "`" * (at % 100) + "\n" for at in range(size // 52)),
    "brackets": lambda size: _lines("[", size),
    "pictures": lambda size: _lines("![a](", size),
    "links": lambda size: _lines("[a](http://b/) ", size),
    "references": lambda size: "[x]: y\n\n" + _lines("[x][x", size),
    "definitions": lambda size: "\n".join(f"[a{at}]: u" for at in range(size // 10)),
    "emphasis": lambda size: _lines("*a _b ", size),
    "headings": lambda size: "## Supported 1.x\n\na\n\n" * (size // 22),
    "sentences": lambda size: _lines("We only support the latest 1.x. ", size),
    "clauses": lambda size: _lines("1.x is supported, and 2.x is not, but 3.x is; ", size),
    "one long sentence": lambda size: _lines("we support the latest x-", size),
    "asides": lambda size: _lines("support (of) 1.x ", size),
    "dates": lambda size: _lines("until 2025-01-01 or June 5th, 2026, ", size),
    "digits": lambda size: _lines("1.", size),
    "dashes": lambda size: "\n\n".join(["supported: " + "1-" * 80] * (size // 170)),
    "ends": lambda size: _lines("1.x is supported until 3 months after 2.0 is released. ", size),
    "promises": lambda size: _lines("We acknowledge in 2-3 business days and fix within 90 days, ", size),
    "mail": lambda size: _lines("mail security@example.org or sec at example.org, ", size),
    "addresses": lambda size: _lines("report to https://github.com/a/b/security/advisories/new ", size),
    "struck": lambda size: _lines("~~1.x~~ ", size),
    "soft breaks": lambda size: "1.x is supported\n" * (size // 17),
    "hard breaks": lambda size: "1.x is supported  \n" * (size // 19),
    "blanks": lambda size: (" " * 150 + "x\n") * (size // 152),
    "tabs": lambda size: ("\t" * 150 + "\n") * (size // 151),
    "backslashes": lambda size: _lines("\\", size),
    "signs": lambda size: "| 1.x | ✅❌🚧 :x: |\n" * (size // 20),
}


def _cost(make: Callable[[int], str], size: int) -> float:
    """The least CPU time of some readings, of this thread alone."""
    page = "# Supported versions\n\n" + make(size)
    releases = [version for name in ("1.0.0", "2.0.0") if (version := read_version(name))]
    return min(cpu(lambda: lint(read_policy(page), today=TODAY, releases=releases))[0] for _ in range(2))


@pytest.mark.parametrize("shape", GROWING)
def test_a_page_takes_time_in_step_with_its_length(shape: str) -> None:
    """Eight times the page may take three times what eight times the work would; squared it would take 64 times."""
    small, large = _cost(GROWING[shape], 4_000), _cost(GROWING[shape], 32_000)
    assert large < 24 * max(small, 0.004), (shape, small, large)


WHOLE = 0.9 * MAX_BYTES


@pytest.mark.parametrize("shape", GROWING)
def test_the_longest_page_takes_less_than_a_second(shape: str) -> None:
    page = ("# Supported versions\n\n" + GROWING[shape](int(WHOLE))).encode()[: MAX_BYTES - 1].decode("utf-8", "ignore")
    assert_cheap(lambda: read_policy(page), 1.0, shape)


@pytest.mark.parametrize("shape", ["a long table", "items", "sentences", "links", "headings", "struck"])
def test_the_longest_page_takes_little_memory(shape: str) -> None:
    """Its tokens are some 200 times its length while they are read; what is kept of it is bounded by what is read."""
    page = "# Supported versions\n\n" + GROWING[shape](int(WHOLE))
    tracemalloc.start()
    policy = read_policy(page)
    rest, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(policy.rows) <= 2000
    assert most < 150 * 1024 * 1024, (shape, most)
    assert rest < 40 * 1024 * 1024, (shape, rest)


def test_a_page_that_goes_on_beyond_what_is_read_promises_nothing() -> None:
    page = TABLE + "\nword\n" * 4500 + "\nOnly 3.x is supported.\n"
    policy = read_policy(page)
    assert policy.cut
    assert [answer(page, version).state for version in ("2.1.4", "2.2", "1.9")] == ["unknown", "unknown", "ended"]
    assert "too long" in answer(page, "2.1.4").reason
    assert policy.cut in [each.problem for each in lint(policy, today=TODAY)]


def test_more_rules_than_a_page_has_conclude_nothing() -> None:
    assert answer(H + "- the latest minor: yes\n" * 150, "1.2.3").state == "unknown"
    many = H + "| Version | Supported |\n|---|---|\n" + "".join(f"| < {at} | no |\n" for at in range(2, 200))
    assert answer(many, "1.2.3").state == "unknown"
