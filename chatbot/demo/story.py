"""The story that the demo tells: three weeks of an invented mail server, as steps that change its repository."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatbot.demo.github.data import Advisory, Credit, Release, Repository, Vulnerability
from chatbot.demo.story_policy import AT_FIRST, CHANGED, REFORMATTED

STARTS = datetime(2031, 3, 3, 8, 0, tzinfo=UTC)
OWNER, NAME, TITLE = "quillpost-example", "quillpost", "Quillpost"

_MAILBOX = "GHSA-2222-2222-2222"
_LOGIN = "GHSA-3333-3333-3333"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One turn of the story: `after` so much time `change` happens, and the bot does what `why` explains.

    `asks` are questions that a visitor could ask now; a play without a visitor asks them itself.
    """

    after: timedelta
    happened: str
    why: str
    change: Callable[[Repository, datetime], None]
    asks: tuple[str, ...] = ()


def _release(of: Repository, tag: str, at: datetime, body: str, *, prerelease: bool = False) -> None:
    of.releases.append(
        Release(
            tag=tag,
            name=f"Quillpost {tag.removeprefix('v')}",
            body=body,
            created_at=at - timedelta(minutes=20),
            published_at=at,
            prerelease=prerelease,
            author="ines-at-quillpost",
        )
    )


def _begin(of: Repository, at: datetime) -> None:
    """A year of releases, a bare tag and a policy page."""
    history = (("v2.1.8", 330), ("v2.2.0", 300), ("v2.2.7", 150), ("v2.3.0", 120), ("v2.2.8", 60), ("v2.3.3", 40))
    for tag, days in (*history, ("v2.2.9", 20), ("v2.3.4", 12)):
        _release(of, tag, at - timedelta(days=days), "Small repairs.")
    of.tags["build-image-7"] = at - timedelta(days=3)
    of.commit("SECURITY.md", AT_FIRST, at - timedelta(days=118), "Support 2.3")


def _patch(of: Repository, at: datetime) -> None:
    notes = """\
A repair release. Replace the binary and restart; nothing to migrate.

## Fixed

- IMAP: `SEARCH` with an empty mailbox name no longer walks every mailbox.
- Calendar: repeating events keep their time when the clocks change.
- Mailbox names with control characters are refused.
"""
    _release(of, "v2.3.5", at, notes)


def _prerelease(of: Repository, at: datetime) -> None:
    _release(of, "v2.4.0-rc.1", at, "Shared calendars, for the brave. Not for production.", prerelease=True)


def _backport(of: Repository, at: datetime) -> None:
    _release(of, "v2.2.10", at, "The repairs of 2.3.5 for those who stay on 2.2.\n\n- Mailbox names are checked.")


def _late_advisory(of: Repository, at: datetime) -> None:
    of.advisories.append(
        Advisory(
            ghsa=_MAILBOX,
            cve="CVE-2031-90001",
            summary="A crafted mailbox name reads another user's folder list",
            description="A signed-in user could list folders of others.\n\nUpgrade to **2.3.5** or **2.2.10**.",
            severity="high",
            created_at=at - timedelta(days=9),
            published_at=at,
            vulnerabilities=(
                Vulnerability(package="quillpost", range=">= 2.3.0, < 2.3.5", patched="2.3.5"),
                Vulnerability(package="quillpost", range=">= 2.0.0, < 2.2.10", patched="2.2.10"),
            ),
            scores=(("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:L/A:N", 7.1),),
            cwes=(("CWE-639", "Authorization Bypass Through User-Controlled Key"),),
            credits=(Credit(login="wren-okoye-demo"),),
            author="ines-at-quillpost",
        )
    )


def _out_of_band(of: Repository, at: datetime) -> None:
    of.advisories.append(
        Advisory(
            ghsa=_LOGIN,
            cve="CVE-2031-90002",
            summary="Calendar sharing links let anyone in without a password",
            description="Every server with sharing links is concerned.\n\nUpgrade at once, or switch `share_links` off.",
            severity="critical",
            created_at=at - timedelta(days=1),
            published_at=at,
            vulnerabilities=(
                Vulnerability(package="quillpost", range=">= 2.3.0, < 2.3.6", patched="2.3.6"),
                Vulnerability(package="quillpost", range=">= 2.2.0, < 2.2.11", patched="2.2.11"),
            ),
            scores=(("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N", 9.1),),
            cwes=(("CWE-287", "Improper Authentication"),),
            credits=(Credit(login="tomasz-at-lab-demo", type="finder"),),
            author="ines-at-quillpost",
        )
    )
    notes = f"Closes {_LOGIN}. Upgrade today.\n\n- Sharing links ask for their password again."
    _release(of, "v2.2.11", at, notes)
    _release(of, "v2.3.6", at + timedelta(minutes=1), notes)


def _new_policy(of: Repository, at: datetime) -> None:
    notes = "Shared calendars are here.\n\n## Added\n\n- Calendars can be shared with a group.\n- JMAP for contacts."
    _release(of, "v2.4.0", at, notes)
    of.commit("SECURITY.md", CHANGED, at, "Support 2.4, shorten 2.2")


def _new_coat(of: Repository, at: datetime) -> None:
    of.commit("SECURITY.md", REFORMATTED, at, "Make the table prettier")


STEPS: tuple[Step, ...] = (
    Step(
        after=timedelta(),
        happened="The bot starts to watch Quillpost: eight releases, a policy page and a stray tag are there already.",
        why="What was published before the bot started is read but never announced: the room stays quiet.",
        change=_begin,
        asks=("/supported 2.2.9",),
    ),
    Step(
        after=timedelta(days=1),
        happened="Quillpost publishes 2.3.5, a patch release.",
        why="A new release, newest of its line and of all: one announcement.",
        change=_patch,
        asks=("/latest",),
    ),
    Step(
        after=timedelta(days=1),
        happened="Quillpost publishes 2.4.0-rc.1, marked as a prerelease.",
        why="Prereleases are off in this room, so the bot stays silent, and remembers why.",
        change=_prerelease,
    ),
    Step(
        after=timedelta(days=1),
        happened="Quillpost publishes 2.2.10, a backport for the older line.",
        why="Newest of line 2.2, but 2.3.5 is higher: announced, and not called the latest.",
        change=_backport,
    ),
    Step(
        after=timedelta(days=6),
        happened="A week later an advisory names 2.3.5 and 2.2.10 as its fixes.",
        why="The advisory is announced, and the two earlier posts are edited: they were security releases all along.",
        change=_late_advisory,
        asks=("/report",),
    ),
    Step(
        after=timedelta(days=5),
        happened="A critical advisory, and 2.3.6 and 2.2.11 at the same time.",
        why="The advisory names both releases, so they are security releases from the start.",
        change=_out_of_band,
    ),
    Step(
        after=timedelta(days=4),
        happened="Quillpost 2.4.0 comes out, and SECURITY.md changes with it.",
        why="Besides the release, the bot says what the policy change means in sentences, not as a diff.",
        change=_new_policy,
        asks=("/supported 2.2.11", "/supported 2.1.8"),
    ),
    Step(
        after=timedelta(days=3),
        happened="Somebody makes the policy's table prettier.",
        why="Only the layout changed, so there is nothing to announce.",
        change=_new_coat,
        asks=("/status",),
    ),
)


def repository() -> Repository:
    """The project's repository before the first step."""
    about = "A small IMAP and calendar server (invented)"
    return Repository(owner=OWNER, name=NAME, description=about, private_reports=True)
