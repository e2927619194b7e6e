"""Windlass, an invented file server: its releases, advisories and policy page, as the scenes show them.

Lines: 4.2 is the newest, 4.1 gets security fixes, 3.9 has ended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chatbot.core.maintainers.controls import NO_CONTROLS, Controls
from chatbot.core.model.facts import Advisory, Affected, Credit, PolicyPage, Release
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.images import ImageName, ImageState, Platform
from chatbot.core.model.knowledge import Knowledge, Tracked, TrackedPolicy
from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from chatbot.sources.markdown.document import read_markdown
from tests.core import make

NOW = datetime(2031, 5, 20, 16, 42, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = "https://github.com/windlass-example/windlass"
WINDLASS = Project(
    id=ProjectId("windlass"),
    name="Windlass",
    repository="windlass-example/windlass",
    bugs_url=f"{SITE}/issues",
)
ROOM = RoomAddress("discord:1001")
PING = WatchFilter(mention=Mention("room"))

FIRST_PAGE = """\
# Security policy

## Supported versions

| Version | Supported | Until |
|---|---|---|
| 4.2.x | ✅ | |
| 4.1.x | ✅ | 2031-10-31 |
| < 4.1 | ❌ | |

## Reporting a vulnerability

Please write to security@windlass.example, or use GitHub's private form. We acknowledge a report within two days and
assess it within a week. Please include the version, the configuration and steps to reproduce.

## Scope

The server and its web client. The mobile apps have a policy of their own.
"""
NEXT_PAGE = FIRST_PAGE.replace("2031-10-31", "2031-12-31").replace("two days", "one day")


def release(tag: str, at: datetime, notes: str = "Small corrections.", **more: object) -> Release:
    url = f"{SITE}/releases/tag/{tag}"
    blocks, cut = read_markdown(notes, base_url=url)
    facts: dict[str, object] = {"project": WINDLASS.id, "url": url, "notes": blocks, "notes_cut": cut}
    return replace(make.release(tag, at), **(facts | more))  # type: ignore[arg-type]  # a table of mixed fields


def advisory(name: str, severity: Severity, summary: str, text: str = "", **more: object) -> Advisory:
    facts: dict[str, object] = {
        "project": WINDLASS.id,
        "summary": summary,
        "description": read_markdown(text)[0],
        "url": f"{SITE}/security/advisories/{name}",
        "published_at": NOW - timedelta(minutes=4),
        "updated_at": NOW - timedelta(minutes=4),
        "affected": (),
    }
    return replace(make.advisory(name, severity), **(facts | more))  # type: ignore[arg-type]  # a table of mixed fields


HISTORY = tuple(
    release(tag, NOW - days * DAY)
    for tag, days in (
        ("v3.9.6", 700),
        ("v4.0.0", 560),
        ("v4.0.3", 500),
        ("v4.1.0", 400),
        ("v4.1.7", 90),
        ("v4.1.8", 60),
        ("v4.2.0", 50),
        ("v4.2.1", 30),
        ("v4.2.2", 12),
    )
)

GENERATED = f"""\
<!-- Release notes generated using configuration in .github/release.yml at main -->

![banner](https://example.org/banner.png)

## What's Changed
### Fixes
* sync: keep the `mtime` of empty folders by @orla-demo in {SITE}/pull/812
* web: the search box accepts `*` again by @teun-demo in {SITE}/pull/815
### Dependencies
* build(deps): bump serde from 1.0.219 to 1.0.220 by @dependabot[bot] in {SITE}/pull/809
* build(deps): bump tokio from 1.45.0 to 1.45.1 by @dependabot[bot] in {SITE}/pull/810

## New Contributors
* @teun-demo made their first contribution in {SITE}/pull/815

**Full Changelog**: {SITE}/compare/v4.2.2...v4.2.3
"""
MINOR = """\
Shared folders get quotas, and the web client learns to preview documents. :tada:

## Features

- Quotas for shared folders, by owner or by folder
- Previews of PDF and text documents, made in a sandbox
- `windlassctl` prints its tables as JSON with `--json`

## Breaking changes

- The setting `storage.path` is now `storage.paths`, a list
- PostgreSQL 12 is no longer supported

## Upgrade notes

Stop the server, run `windlassctl migrate`, start it again. The migration takes about a minute for a million files.

| Setting | Before | Now |
|---|---|---|
| `storage.path` | a string | removed |
| `storage.paths` | – | a list of strings |

## Checklist

- [x] packages for Debian
- [ ] packages for Fedora
"""
LINKS = """\
### Impact

Anyone who knows the address of a share link can open every folder of its owner, without a password. Servers with share
links are affected; they are switched on by default.

### Patches

Upgrade to 4.2.3 or 4.1.9.

### Workarounds

Set `share_links = false` and restart the server.

### References

- https://windlass.example/blog/share-links
"""

CRITICAL = advisory(
    "GHSA-2c4w-5j6m-7q8r",
    Severity.CRITICAL,
    "Share links open every folder of their owner",
    LINKS,
    aliases=frozenset({"CVE-2031-40417"}),
    affected=(
        Affected(package="windlass", range=">= 4.2.0, < 4.2.3", patched="4.2.3"),
        Affected(package="windlass", range=">= 4.1.0, < 4.1.9", patched="4.1.9"),
    ),
    scores=(("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N", 9.1),),
    cwes=("CWE-862",),
    credits=(Credit(login="orla-demo"), Credit(login="teun-demo", role="finder")),
)
HIGH = advisory(
    "GHSA-3f5x-6m7p-9v2h",
    Severity.HIGH,
    "A crafted archive writes outside of the folder that it is unpacked in",
    "Unpacking followed `..` in the names of entries. Signed-in users only.",
    aliases=frozenset({"CVE-2031-40388"}),
    affected=(
        Affected(package="windlass", range=">= 4.2.0, < 4.2.1", patched="4.2.1"),
        Affected(package="windlass", range="< 4.1.8", patched="4.1.8"),
    ),
    scores=(("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:H", 8.1),),
    credits=(Credit(login="mei-demo"),),
)
MEDIUM = advisory(
    "GHSA-4g6j-7q8r-2w3x",
    Severity.MEDIUM,
    "The activity log shows names of other users' files",
    "People with access to the activity log read names, not contents.",
    affected=(Affected(package="windlass", range=">= 4.1.0", patched=""),),
    scores=(("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N", 4.3),),
)
LOW = advisory(
    "GHSA-5h7m-8v9w-3x4c",
    Severity.LOW,
    "A failed login takes longer for accounts that exist",
    affected=(Affected(package="windlass", range=">= 4.2.0, < 4.2.2", patched="4.2.2"),),
)
SILENT = advisory("GHSA-6j8p-9w2x-4c5f", Severity.UNKNOWN, "Memory is read after it was freed")
VAGUE = advisory(
    "GHSA-7m9q-2x3c-5f6g",
    Severity.HIGH,
    "A slow pattern stops the search",
    affected=(Affected(package="windlass", range="all versions before the rewrite", patched=""),),
    scores=(("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H", 6.5), ("CVSS:4.0/AV:N", 7.1)),
)

PATCH = release("v4.2.3", NOW - timedelta(minutes=9), GENERATED)
BACKPORT = release(
    "v4.1.9", NOW - timedelta(minutes=8), "- Share links ask for their password again (GHSA-2c4w-5j6m-7q8r)"
)
FIX = release("v4.2.3", NOW - timedelta(minutes=9), "- Share links ask for their password again (GHSA-2c4w-5j6m-7q8r)")


AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")


def image(registry: str, *platforms: Platform, tag: str = "v4.2.3") -> ImageState:
    """An image that should be there for both platforms, as it is now; for none, it is missing."""
    return ImageState(
        name=ImageName(registry, "windlass/windlass", tag),
        must_have=(AMD, ARM),
        presence="there" if platforms else "missing",
        platforms=platforms,
        digest="sha256:1" if platforms else "",
        asked_at=NOW,
    )


def tracked_release(fact: Release, **more: object) -> Tracked[Release]:
    """A release that was read well before now, and read again unchanged."""
    return make.known_release(fact, NOW - DAY, **more)


def tracked_advisory(fact: Advisory, **more: object) -> Tracked[Advisory]:
    """An advisory that was read well before now, and read again unchanged."""
    return make.known_advisory(fact, NOW - DAY, **more)


def page(text: str, *, committed_at: datetime = NOW - 40 * DAY) -> TrackedPolicy:
    fact = PolicyPage(
        project=WINDLASS.id,
        text=text,
        path="SECURITY.md",
        url=f"{SITE}/blob/main/SECURITY.md",
        committed_at=committed_at,
    )
    return TrackedPolicy(page=fact, digest=text[:20], readable=True, first_read_at=NOW - 40 * DAY, read_at=NOW)


def snapshot(
    releases: Iterable[Release | Tracked[Release]] = (),
    advisories: Iterable[Advisory | Tracked[Advisory]] = (),
    *,
    project: Project = WINDLASS,
    history: Iterable[Release] = HISTORY,
    policy: TrackedPolicy | None = None,
    images: Mapping[str, tuple[ImageState, ...]] | None = None,
    controls: Controls = NO_CONTROLS,
) -> ProjectSnapshot:
    """What Windlass's history and these facts add up to. The history was there before the bot."""
    old = [tracked_release(item, known_before=True) for item in history]
    fresh = [item if isinstance(item, Tracked) else tracked_release(item) for item in releases]
    facts: Knowledge = make.knowledge(
        [*old, *fresh],
        [item if isinstance(item, Tracked) else tracked_advisory(item) for item in advisories],
        read_at={name: NOW - timedelta(minutes=2) for name in ("github-releases:w", "github-advisories:w")}
        | {"github-policy:w": NOW - timedelta(minutes=50)},
        policy=policy,
        private_form="on",
    )
    facts = replace(facts, images=images or {})
    facts = replace(facts, project=ProjectId(str(project.id)), baseline_at=NOW - 30 * DAY)
    return build_snapshot(project, facts, controls=controls)


def room(watch_filter: WatchFilter = PING, project: Project = WINDLASS) -> Room:
    return Room(address=ROOM, projects=(project.id,), watch_filter=watch_filter)
