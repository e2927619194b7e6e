"""A support policy as its page states it, and the status of a version on a given day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from chatbot.core.model.message import Block
from chatbot.core.support.names import judge_name
from chatbot.core.support.rows import ReleaseHistory, Row
from chatbot.core.support.states import State, Verdict, row_verdict
from chatbot.core.support.verdict import judge
from chatbot.core.versions.version import LineStyle, Version

BY_POLICY = "policy"  # the source of what the project's own page says


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A way to report a vulnerability.

    kind: whether `address` is an e-mail address, a forge's form for private reports, or another web address
    address: empty for a form without one ("the button in the Security tab")
    preferred, backup: what the page calls it
    after: how long to wait before a backup is used
    form_of: the forge whose form it is
    """

    kind: Literal["email", "form", "url"]
    address: str
    preferred: bool = False
    backup: bool = False
    after: timedelta | None = None
    form_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How fast the project promises to respond; None where the page promises nothing.

    acknowledge: a first acknowledgement
    detail: a detailed response; an assessment if `assesses`
    update: the interval of updates
    target: the target for a fix; for a publication if `publishes`
    aims: the names of those that are hedged ("we aim to")
    wishes: the names of those that are asked of the reporter, or hold for some reports only
    """

    acknowledge: timedelta | None = None
    detail: timedelta | None = None
    update: timedelta | None = None
    target: timedelta | None = None
    aims: frozenset[str] = field(default=frozenset(), compare=False)
    wishes: frozenset[str] = field(default=frozenset(), compare=False)
    assesses: bool = field(default=False, compare=False)
    publishes: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with the text below it, up to the next heading of any level. `line` is the heading's, from 1."""

    heading: str
    level: int
    blocks: tuple[Block, ...]
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a page says. What it does not say is empty, never guessed.

    rows: in page order, lists and sentences included
    readable: False where the page could not be read at all, or is an unedited template
    problem: why it is not readable, one sentence
    fix: what the project can do about that
    cut: that the page is longer than what is read, one sentence: the rest may take back what the first part promises
    """

    rows: tuple[Row, ...] = ()
    sections: tuple[Section, ...] = ()
    contacts: tuple[Contact, ...] = ()
    clocks: Clocks = Clocks()
    required: tuple[str, ...] = ()
    helpful: tuple[str, ...] = ()
    scope_in: tuple[str, ...] = ()
    scope_out: tuple[str, ...] = ()
    safe_harbour: str = ""
    disclosure: str = ""
    pgp: str = ""
    pgp_key: str = ""
    readable: bool = True
    problem: str = ""
    fix: str = ""
    cut: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The status of one version.

    until: the last supported day, UTC
    stale: the page still says supported, though its own date has passed
    row: the text of the row that decided
    reason: a sentence
    on: the day that was asked about
    source: whose word it is: `policy`, the project's page, or `endoflife.date`
    """

    version: str
    state: State
    until: date | None = None
    stale: bool = False
    row: str | None = None
    reason: str
    on: date
    source: str = BY_POLICY

    @property
    def days_left(self) -> int | None:
        """Days from `on` to the last supported day, 0 on that day; None without a date or where support has ended."""
        return (self.until - self.on).days if self.until is not None and self.state == "supported" else None


def status(
    policy: Policy | None,
    version: Version | str,
    *,
    today: date,
    releases: Sequence[Version] | None = None,
    newest: Version | None = None,
    component: str = "",
    lines: LineStyle = "auto",
    published: Mapping[Version, date] | None = None,
) -> Status:
    """The status of a version by the page on a day (UTC); a string is the name of a branch, such as `main`.

    `releases` and `newest` decide rules such as "only the latest release" and "until 8.4 is released"; without them such a
    rule gives `unknown`. Pass only the releases of the version's own package. `published` holds their dates, for "until
    three months after 5.0". `component` chooses one table of a page with several.
    """
    history = ReleaseHistory(newest=newest, releases=tuple(releases or ()), lines=lines, published=published or {})
    verdict = _judge(policy, version, today, history, component)
    row = verdict.row
    return Status(
        version=str(version),
        state=verdict.state,
        until=verdict.until or (row.until if row and verdict.state in ("supported", "ended") else None),
        stale=verdict.stale,
        row=row.text if row else None,
        reason=verdict.reason,
        on=today,
    )


def policy_lines(policy: Policy) -> tuple[Row, ...]:
    """The rows that name lines or versions, in page order: those of tables and lists, else sentences."""
    rows = tuple(row for row in policy.rows if row.ranges)
    return tuple(row for row in rows if row.kind != "sentence") or rows


def row_state(row: Row, today: date) -> State:
    """What one row says about its versions on a day."""
    return row_verdict(row, today).state


def line_style(policy: Policy | None) -> LineStyle:
    """What the page calls a line: "major" where its rows are `7.x, 6.x`, "major.minor" where they are `0.11.x`; "auto"
    where it names none."""
    sizes = set()
    for row in policy_lines(policy) if policy is not None else ():
        for each in row.ranges:
            if each.low is not None and each.high is not None:
                sizes.add(len(each.high[0]))
    if not sizes:
        return "auto"
    return "major" if sizes == {1} else "major.minor"


def _judge(
    policy: Policy | None, version: Version | str, today: date, history: ReleaseHistory, component: str
) -> Verdict:
    if policy is None:
        return Verdict(
            "unknown", None, "No security policy was found; a SECURITY.md with a table of versions would tell."
        )
    if not policy.readable:
        return Verdict("unknown", None, policy.problem)
    rows = rows_of(policy.rows, component)
    if not rows:
        missing = (
            f"The page says nothing about {component}; check the name of the component, or add its table to the page."
            if policy.rows
            else "The page lists no versions; a table of versions and whether each is supported would tell."
        )
        return Verdict("unknown", None, missing)
    verdict = judge_name(rows, version, today) if isinstance(version, str) else judge(rows, version, today, history)
    verdict = verdict or Verdict("not_listed", None, f"No row of the page covers {version}.")
    if policy.cut and verdict.state in ("supported", "not_listed"):
        return Verdict("unknown", verdict.row, policy.cut)
    return verdict


def rows_of(rows: Sequence[Row], component: str) -> list[Row]:
    """The rows of one component; where the page does not have it, the rows without a component."""
    name = component.casefold()
    if name:
        chosen = [row for row in rows if row.component and name in row.component.casefold()]
        return chosen or [row for row in rows if not row.component]
    return list(rows)
