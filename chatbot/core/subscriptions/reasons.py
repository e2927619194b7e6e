"""Why a person was alerted, as their ledger remembers it, and what has got worse since: each reason alerts once, for ever.

The words in `notified_for`: `severity:high`, `exploited`, `withdrawn` as for rooms; `affects:version:0.15.3` and
`doubt:line:0.15` for what was concerned; `fix`, `no fix`, `fix in:0.15` and `no fix in:0.15`; `advised:v0.15.5` for what was
recommended. Replies, and alerts after a change, store besides what they say: `raised from:medium`, `stands again`, and
`reminder:2030-01-01`.
"""

from collections.abc import Collection, Iterable

from chatbot.core.announce.subject import FIX, NO_FIX
from chatbot.core.model.facts import Advisory
from chatbot.core.model.severity import Severity
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.alerting.advice import Advice
from chatbot.core.subscriptions.lines import read_line, version_of
from chatbot.core.subscriptions.matching import Match
from chatbot.core.subscriptions.subscription import Scope, ScopeKind

SEVERITY, EXPLOITED = "severity:", "exploited"
AFFECTS, DOUBT = "affects:", "doubt:"
FIX_IN, NO_FIX_IN = "fix in:", "no fix in:"
ADVISED = "advised:"
RAISED_FROM, STANDS_AGAIN = "raised from:", "stands again"
REMINDER = "reminder:"  # followed by its day
_KINDS: dict[str, ScopeKind] = {"version": "version", "line": "line", "project": "project"}


def facts_of(advisory: Advisory) -> frozenset[str]:
    """What it alerts for by itself."""
    return frozenset({f"{SEVERITY}{advisory.severity}", *([EXPLOITED] if advisory.known_exploited else [])})


def of_match(match: Match) -> str:
    return f"{AFFECTS if match.state == 'yes' else DOUBT}{match.scope.kind}:{match.scope.name}"


def of_advice(advices: Collection[Advice | None], *, can_tell: bool) -> frozenset[str]:
    """Whether there is something to upgrade to, and in which lines. `can_tell`: it is known that there is nothing else."""
    there = [each for each in advices if each is not None]
    missing = {NO_FIX} if can_tell and there else set[str]()
    reasons = {FIX} if any(each.releases for each in there) else missing
    for each in there:
        if each.own is not None:
            reasons.add(f"{FIX_IN}{each.line}")
        elif can_tell and not (each.out_of_support or each.blocked):
            reasons.add(f"{NO_FIX_IN}{each.line}")
    return frozenset(reasons)


def advised(advices: Iterable[Advice | None]) -> frozenset[str]:
    """Which releases an alert recommends."""
    return frozenset(
        f"{ADVISED}{release.release.release.tag}"
        for advice in advices
        if advice is not None
        for release in advice.releases
    )


def tags_advised(reasons: Iterable[str]) -> frozenset[str]:
    return frozenset(reason.removeprefix(ADVISED) for reason in reasons if reason.startswith(ADVISED))


def scopes_affected(reasons: Iterable[str]) -> list[Scope]:
    """The scopes that somebody was told are affected."""
    scopes = []
    for reason in sorted(reasons):
        kind, _, name = reason.removeprefix(AFFECTS).partition(":")
        if reason.startswith(AFFECTS) and kind in _KINDS:
            scopes.append(Scope(_KINDS[kind], name))
    return scopes


def raised(reasons: Collection[str]) -> tuple[Severity, Severity] | None:
    """From which severity to which it was raised, by what a message stores."""
    before = next((severity for severity in Severity if f"{RAISED_FROM}{severity}" in reasons), None)
    after = next((severity for severity in Severity if f"{SEVERITY}{severity}" in reasons), None)
    return (before, after) if before is not None and after is not None else None


def worse(
    snapshot: ProjectSnapshot,
    advisory: Advisory,
    before: Collection[str],
    matches: Iterable[Match],
    fixes: Collection[str],
) -> frozenset[str]:
    """What there is to alert for again: reasons that are new after those of `before`. `matches` are what is concerned now, and
    `fixes` what can be upgraded to (`of_advice`)."""
    reasons: set[str] = set()
    highest = _highest(before)
    if highest is not None and advisory.severity.rank > max(highest.rank, _rank_of_silence(highest)):
        reasons |= {f"{SEVERITY}{advisory.severity}", f"{RAISED_FROM}{highest}"}
    if advisory.known_exploited and EXPLOITED not in before:
        reasons.add(EXPLOITED)
    there = scopes_affected(before)
    for match in matches:
        is_new = match.state == "yes" and not any(within(snapshot, scope, match.scope) for scope in there)
        reasons |= {of_match(match)} if is_new else set()
    if FIX in fixes and NO_FIX in before and FIX not in before:
        reasons.add(FIX)
    for reason in fixes:
        line = reason.removeprefix(FIX_IN)
        if reason.startswith(FIX_IN) and f"{NO_FIX_IN}{line}" in before and reason not in before:
            reasons.add(reason)
    return frozenset(reasons)


def _highest(reasons: Collection[str]) -> Severity | None:
    stated = [severity for severity in Severity if f"{SEVERITY}{severity}" in reasons]
    return max(stated, key=lambda severity: severity.rank, default=None)


def _rank_of_silence(severity: Severity) -> int:
    """Somebody who was alerted of an unknown severity expects the middle: only what is above it is worse."""
    return Severity.MEDIUM.rank if severity is Severity.UNKNOWN else 0


def within(snapshot: ProjectSnapshot, scope: Scope, other: Scope) -> bool:
    """Whether a scope is a part of another one, or the same."""
    if scope == other or other.kind == "project":
        return True
    if other.kind != "line" or scope.kind == "project":
        return False
    line = read_line(snapshot, other.name)
    inner = read_line(snapshot, scope.name) if scope.kind == "line" else None
    version = inner.start if inner is not None else version_of(snapshot, scope)
    return line is not None and version is not None and line.holds(version)
