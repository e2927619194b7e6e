"""The first words of an announcement: what it is and how bad, and one sentence that makes sense in a notification."""

from collections.abc import Sequence

from chatbot.core.model.facts import Advisory
from chatbot.core.model.severity import Severity
from chatbot.core.text.words import count

MOST_SCORES = 2  # CVSS scores that a label names
MOST_VERSIONS = 3  # that a sentence names
_LONGEST_NAME = 60  # characters of a project's or a release's name


def severity_label(severity: Severity) -> str:
    """`Critical`, `Severity not stated`."""
    return "Severity not stated" if severity is Severity.UNKNOWN else str(severity).capitalize()


def severity_words(advisory: Advisory) -> str:
    """`high (CVSS 8.1)`, `medium (CVSS 5.3 or 6.0, as the versions disagree)`, `not stated`."""
    word = "not stated" if advisory.severity is Severity.UNKNOWN else str(advisory.severity)
    scores = sorted({score for _, score in advisory.scores})
    if not scores:
        return word
    worded = " or ".join(f"{score:.1f}" for score in scores)
    return f"{word} (CVSS {worded}{', as its vectors disagree' if len(scores) > 1 else ''})"


def advisory_label(advisory: Advisory, what: str = "Security advisory") -> str:
    """`Security advisory · Critical · CVSS 9.1 · Known exploited`."""
    scores = sorted({score for _, score in advisory.scores})
    parts = [what, severity_label(advisory.severity)]
    parts += [f"CVSS {' or '.join(f'{score:.1f}' for score in scores[:MOST_SCORES])}"] if scores else []
    parts += ["Known exploited"] if advisory.known_exploited else []
    return " · ".join(parts)


def release_label(kind: str, fixed: Sequence[Advisory], *, backport: bool) -> str:
    """`Security release · Critical · Backport`. `kind` as `release_kind` words it; `fixed`, the worst first."""
    parts = [kind[:1].upper() + kind[1:]]
    parts += [severity_label(fixed[0].severity)] if fixed else []
    parts += ["Backport"] if backport else []
    return " · ".join(parts)


def advisory_headline(
    name: str, advisory: Advisory, versions: Sequence[str], *, unfixed: bool, change: str = ""
) -> str:
    """`Critical vulnerability in Acme Mailer: upgrade to 2.1.2 or 2.0.10`. `versions` are the releases to upgrade to, the first
    first; `unfixed`: it is known that none is published yet. `change`, of what was announced before, comes first: `Now known to
    be exploited: high-severity vulnerability in Acme Mailer, upgrade to 2.1.2`."""
    severity = advisory.severity
    what = "vulnerability (severity not stated)"
    if severity is not Severity.UNKNOWN:
        what = f"{_adjective(severity)} vulnerability"
    what += " (known to be exploited)" if advisory.known_exploited and "exploited" not in change else ""
    what = f"{what} in {_short(name)}"
    todo = _to_do(versions, unfixed=unfixed)
    return f"{change}: {what}, {todo}" if change else f"{what[:1].upper()}{what[1:]}: {todo}"


def _to_do(versions: Sequence[str], *, unfixed: bool) -> str:
    if not versions:
        return "no fixed release yet" if unfixed else "check whether you are affected"
    more = ["the fix for your line"] if len(versions) > MOST_VERSIONS else []
    words = [*map(_short, versions[:MOST_VERSIONS]), *more]
    return f"upgrade to {', '.join(words[:-1])}{' or ' if len(words) > 1 else ''}{words[-1]}"


def release_headline(name: str, version: str, fixed: Sequence[Advisory], line: str | None) -> str:
    """`Acme Mailer 2.1.1 fixes a high-severity vulnerability: upgrade if you run 2.1.x`. `fixed`, the worst first."""
    upgrade = f"upgrade if you run {_short(line)}.x" if line else "upgrade"
    return f"{_short(name)} {_short(version)} {_what_it_fixes(fixed)}: {upgrade}"


def _what_it_fixes(fixed: Sequence[Advisory]) -> str:
    if not fixed:
        return "is a security release (severity not stated)"
    worst = fixed[0].severity
    if len(fixed) == 1:
        return (
            "fixes a vulnerability (severity not stated)"
            if worst is Severity.UNKNOWN
            else f"fixes a {_adjective(worst)} vulnerability"
        )
    many = f"fixes {count(len(fixed), 'vulnerability')}"
    return f"{many} (severity not stated)" if worst is Severity.UNKNOWN else f"{many}, the worst {worst}"


def _adjective(severity: Severity) -> str:
    """`critical`, `high-severity`: nobody says "a high vulnerability"."""
    return "critical" if severity is Severity.CRITICAL else f"{severity}-severity"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
