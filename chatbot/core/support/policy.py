"""A support policy as its page states it, and the status of a version on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from chatbot.core.model.message import Block
from chatbot.core.support.rows import Row, Tracked
from chatbot.core.support.verdict import State, Verdict, judge, judge_name, row_verdict
from chatbot.core.versions.version import LineStyle, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A way to report: `kind` says whether `address` is an e-mail address, a forge's form for private reports (its address
    may be empty: "the button in the Security tab"), or another web address. `form_of` names that forge; `after` is when a
    backup is due."""

    kind: Literal["email", "form", "url"]
    address: str
    preferred: bool = False
    backup: bool = False
    after: timedelta | None = None
    form_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How fast the project promises to answer: a first acknowledgement, a detailed response, an update every so often, and
    the target for a fix. None where the page promises nothing. Where `assesses`, the detailed response is an assessment; where
    `publishes`, the target is that of a publication. The names of those that are hedged ("we aim to") are in `aims`; those in
    `wishes` are asked of the reporter, or hold for some reports only."""

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
    """A heading with what stands below it, up to the next heading of any level. `line` is the heading's, from 1."""

    heading: str
    level: int
    blocks: tuple[Block, ...]
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a page was read to say. What is not found is empty, never invented.

    `rows` are in page order, lists and sentences included. `readable` is False where the page could not be read at all, or
    is the unedited form of a template; `problem` is then the reason, one sentence, and `fix` what its keeper can do. `cut`
    says that a page went on beyond what is read, one sentence too: the rest may take back what its first part promises.
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
    """The answer for one version. `until` is inclusive, UTC. `stale`: the page still says supported after its own date.
    `row` is the row that decided, as written; `on` is the day that was asked about."""

    version: str
    state: State
    until: date | None = None
    stale: bool = False
    row: str | None = None
    reason: str
    on: date

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

    `releases` and `newest` answer rules such as "only the latest release" and "until 8.4 is released"; without them such a
    rule gives `unknown`. Pass the releases of the version's own package only; `published` are the days they came out, for
    "until three months after 5.0". `component` chooses one table of a page of several.
    """
    history = Tracked(newest=newest, releases=tuple(releases or ()), lines=lines, published=published or {})
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
    """The rows that name lines or versions, in page order: of tables and lists, else of sentences."""
    rows = tuple(row for row in policy.rows if row.ranges)
    return tuple(row for row in rows if row.kind != "sentence") or rows


def row_state(row: Row, today: date) -> State:
    """What one row says of its versions on a day."""
    return row_verdict(row, today).state


def line_style(policy: Policy | None) -> LineStyle:
    """The page's own idea of a line: "major" where its rows are `7.x, 6.x`, "major.minor" where they are `0.11.x`; "auto"
    where it has none."""
    sizes = set()
    for row in policy_lines(policy) if policy is not None else ():
        for each in row.ranges:
            if each.low is not None and each.high is not None:
                sizes.add(len(each.high[0]))
    if not sizes:
        return "auto"
    return "major" if sizes == {1} else "major.minor"


def _judge(policy: Policy | None, version: Version | str, today: date, history: Tracked, component: str) -> Verdict:
    if policy is None:
        return Verdict("unknown", None, "No security policy was found.")
    if not policy.readable:
        return Verdict("unknown", None, policy.problem)
    rows = _of_component(policy.rows, component)
    if not rows:
        missing = f"The page says nothing of {component}." if policy.rows else "The page lists no versions."
        return Verdict("unknown", None, missing)
    verdict = judge_name(rows, version, today) if isinstance(version, str) else judge(rows, version, today, history)
    verdict = verdict or Verdict("not_listed", None, f"No row of the page covers {version}.")
    if policy.cut and verdict.state in ("supported", "not_listed"):
        return Verdict("unknown", verdict.row, policy.cut)
    return verdict


def _of_component(rows: Sequence[Row], component: str) -> list[Row]:
    """The rows of one component; the rows of no component in particular where the page does not know it."""
    name = component.casefold()
    if name:
        chosen = [row for row in rows if row.component and name in row.component.casefold()]
        return chosen or [row for row in rows if not row.component]
    return list(rows)
