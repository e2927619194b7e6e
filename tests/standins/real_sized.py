"""The history of a real-sized, invented project: 300 releases in five lines, 40 advisories, most of them with backports, many late.

Every date follows from the day that it ends on, and nothing is random: the same history each time.
"""

from datetime import datetime, timedelta

from chatbot.demo.github.data import Advisory, Release, Repository, Vulnerability

OWNER, NAME = "capstan-example", "capstan"
RELEASES, ADVISORIES = 300, 40
_LINES = ("3.0", "3.1", "3.2", "3.3", "3.4")
_WEEKS = 104
_SEVERITIES = ("medium", "high", "low", "critical", "medium")
_WORDS = (
    "A crafted header overflows the address parser",
    "The session of a removed user stays valid",
    "A mailbox name is shown without escaping",
    "An unauthenticated request reads the queue",
    "A slow client holds a worker for ever",
)
_NOTES = """## What's changed

* Fixed: the indexer lost its place after a restart ({tag})
* Fixed: quotas were counted twice for shared folders
* Added: metrics of the outgoing queue, by destination
* Changed: connections without TLS are refused by default

See [the guide](https://capstan.example/docs/{tag}) before you upgrade.

| Platform | File |
|---|---|
| Linux | `capstan-{tag}-linux.tar.gz` |
| macOS | `capstan-{tag}-macos.tar.gz` |
"""
POLICY = """# Security policy

| Version | Supported | Security fixes until |
|---|---|---|
| 3.4.x | ✅ | 2032-06-30 |
| 3.3.x | ✅ | 2031-12-31 |
| 3.2.x | ✅ | 2030-12-31 |
| < 3.2 | ❌ | |

Write to security@capstan.example; we answer within 72 hours.
"""


def repository(until: datetime) -> Repository:
    """The project as it stands at `until`: two years of releases, the last one days before."""
    of = Repository(owner=OWNER, name=NAME, description="A mail server", private_reports=True)
    of.commit("SECURITY.md", POLICY, until - timedelta(days=200))
    patches = dict.fromkeys(_LINES, 0)
    first = until - timedelta(weeks=_WEEKS)
    newest = 1
    for number in range(RELEASES):
        at = first + timedelta(weeks=_WEEKS) * (number / RELEASES)
        newest = min(len(_LINES) - 1, 1 + number * 4 // RELEASES)
        line = _LINES[max(0, newest - (0, 0, 0, 1, 0, 0, 1, 0, 2, 0)[number % 10])]
        is_candidate = number % 10 == 9
        if not is_candidate:
            patches[line] += 1
        tag = f"v{line}.{patches[line]}" if not is_candidate else f"v{line}.{patches[line] + 1}-rc.{number // 10}"
        of.releases.append(
            Release(
                tag=tag,
                name=f"Capstan {tag}",
                body=_NOTES.format(tag=tag),
                created_at=at - timedelta(hours=1),
                published_at=at,
                prerelease=is_candidate,
            )
        )
    full = [release for release in of.releases if not release.prerelease]
    for number in range(ADVISORIES):
        fixed = full[len(full) * (number + 1) // (ADVISORIES + 1)]
        line = fixed.tag[1:].rpartition(".")[0]
        late = timedelta(days=number % 4)  # 0: on the day of its release
        at = (fixed.published_at or first) + late + timedelta(minutes=5)
        of.advisories.append(
            Advisory(
                ghsa=f"GHSA-cap{number % 10}-{number:04d}-2222".replace("0", "c").replace("1", "f"),
                cve=f"CVE-2031-{4000 + number}" if number % 3 else "",
                summary=_WORDS[number % len(_WORDS)],
                description="Upgrade.\n\nReported in private, fixed on the day of the release.",
                severity=_SEVERITIES[number % len(_SEVERITIES)],
                created_at=at,
                published_at=at,
                withdrawn_at=at + timedelta(days=6) if number == 20 else None,
                state="withdrawn" if number == 20 else "published",
                vulnerabilities=(
                    Vulnerability(package=NAME, range=f">= {line}.0, < {fixed.tag[1:]}", patched=fixed.tag[1:]),
                ),
            )
        )
    return of
