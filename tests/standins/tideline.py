"""A small recorded history of an invented project: a late advisory, a backport, a release candidate, a withdrawal, hostile words."""

from datetime import UTC, datetime, timedelta

from chatbot.demo.github.data import Advisory, Release, Repository, Vulnerability

NOW = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
POLICY = """# Security policy

| Version | Supported | Until |
|---|---|---|
| 2.2.x | ✅ | 2032-12-31 |
| 2.1.x | ✅ | 2030-12-31 |
| < 2.1 | ❌ | |

Write to security@tideline.example.
"""
HOSTILE = "Reads [bold red]any file[/] \x1b[31m\x1b]0;owned\x07\u202e@everyone"


def repository() -> Repository:
    """As it stands at NOW."""
    of = Repository(owner="tideline-example", name="tideline", description="A tide table server", private_reports=True)
    of.releases = [
        _release("v2.0.0", 500, "The beginning."),
        _release("v2.1.0", 300, "New: harbours of the north."),
        _release("v2.1.1", 250, "Fixed: a tide that came twice."),
        _release("v2.2.0-rc.1", 220, "Try it.", prerelease=True),
        _release("v2.2.0", 200, "New: currents."),
        _release("v2.1.2", 190, "Fixed: a tide that never came."),
        _release("v2.2.1", 100, "Fixed: currents that ran backwards."),
        _release("nightly", 90, "Nothing to see."),
        _release("v2.2.2", 20, "Fixed: a crash."),
    ]
    of.advisories = [
        _advisory("GHSA-2222-2222-2222", 247, "Reads any file", "critical", "< 2.1.1", "2.1.1"),
        _advisory("GHSA-3333-3333-3333", 120, HOSTILE, "high", ">= 2.2.0, < 2.2.1", "2.2.1"),
        _advisory("GHSA-4444-4444-4444", 80, "No danger at all", "low", "< 2.2.2", "2.2.2", withdrawn=70),
        _advisory("GHSA-5555-5555-5555", 60, "A crash", "medium", "all of them", ""),
    ]
    of.commit("SECURITY.md", POLICY.replace("| 2.2.x | ✅ | 2032-12-31 |\n", ""), NOW - timedelta(days=400))
    of.commit("SECURITY.md", POLICY, NOW - timedelta(days=195))
    return of


def day(number: int) -> timedelta:
    """So many days."""
    return timedelta(days=number)


def _release(tag: str, days: int, body: str, *, prerelease: bool = False) -> Release:
    at = NOW - timedelta(days=days)
    return Release(
        tag=tag, name=tag, body=body, created_at=at - timedelta(hours=1), published_at=at, prerelease=prerelease
    )


def _advisory(
    ghsa: str, days: int, summary: str, severity: str, affected: str, patched: str, withdrawn: int | None = None
) -> Advisory:
    at = NOW - timedelta(days=days)
    withdrawn_at = None if withdrawn is None else NOW - timedelta(days=withdrawn)
    return Advisory(
        ghsa=ghsa,
        cve=ghsa.replace("GHSA-", "CVE-2031-")[:13],
        summary=summary,
        description="Details.",
        severity=severity,
        state="published" if withdrawn is None else "withdrawn",
        created_at=at,
        published_at=at,
        withdrawn_at=withdrawn_at,
        updated_at=withdrawn_at or at,
        vulnerabilities=(Vulnerability(package="tideline", range=affected, patched=patched),),
    )
