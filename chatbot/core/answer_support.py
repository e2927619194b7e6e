"""The answers to `/supported` and `/upgrade`: does my version get fixes, and what lies between it and the newest."""

from collections.abc import Sequence

from chatbot.core.answers import Desk, unsure
from chatbot.core.events import Advisory
from chatbot.core.message import (
    Block,
    BulletList,
    Fact,
    Heading,
    Link,
    ListItem,
    Message,
    Strong,
    Text,
    Tone,
    fact,
    paragraph,
    plain,
)
from chatbot.core.policy import Status, status
from chatbot.core.releases import Classified
from chatbot.core.render import named
from chatbot.core.versions import Version, line_of, read_version
from chatbot.core.words import age, count, day, listed

_TITLES = {
    "supported": "{name} {version} is supported",
    "ended": "{name} {version} is not supported any more",
    "not_listed": "{name} {version} is not listed in the security policy",
    "unknown": "I cannot tell whether {name} {version} is supported",
}
_TONES = {"supported": Tone.GOOD, "ended": Tone.WARNING, "not_listed": Tone.UNSURE, "unknown": Tone.UNSURE}
MOST = 10  # releases, advisories or headings in one list


def supported(desk: Desk) -> Message:
    """Whether a version still gets security fixes, with the row and the date of the page it rests on."""
    asked = desk.arguments.get("version", "")
    if not asked:
        return _all_lines(desk)
    version = read_version(asked)
    if version is None:
        return unsure(f"“{asked[:40]}” is no version I can read", "Ask with a version such as 0.11 or 0.11.5.")
    found = _status(desk, version)
    touching, unreadable = desk.affecting(version)
    facts = [*_support_facts(desk, found), *_newest_facts(desk, version)]
    if touching:
        names = listed([f"{item.id} ({item.severity})" for item in touching[:MOST]])
        facts.append(fact("Advisories that affect it", names))
    if unreadable:
        names = listed([item.id for item in unreadable[:MOST]])
        facts.append(fact("Perhaps affected", f"{names}: the range cannot be read, see the advisory itself"))
    tone = Tone.WARNING if touching and found.state == "supported" else _TONES[found.state]
    return Message(
        title=_TITLES[found.state].format(name=desk.project.name, version=version.text),
        tone=tone,
        facts=tuple(facts),
        body=(paragraph(found.reason), *_advice(desk, version, found, touching)),
        links=_policy_link(desk),
        footer=policy_age(desk),
    )


def _status(desk: Desk, version: Version) -> Status:
    full = _full(desk, version)
    newest = [item.version for item in full if item.newest and item.version is not None]
    return status(
        desk.policy,
        version,
        today=desk.now.date(),
        releases=[item.version for item in full if item.version is not None],
        newest=newest[0] if len(newest) == 1 else None,
        component=desk.project.component,
        lines=desk.picture.lines,
        published={item.version: item.release.published_at.date() for item in full if item.version is not None},
    )


def _published(desk: Desk) -> list[Classified]:
    known = desk.knowledge.releases
    return [item for tag, item in desk.picture.releases.items() if item.version is not None and not known[tag].gone]


def _full(desk: Desk, version: Version) -> list[Classified]:
    """The full releases of the version's package; of all packages where the version names none that there is."""
    full = [item for item in _published(desk) if item.kind != "prerelease"]
    return [item for item in full if item.version and item.version.package == version.package] or full


def _support_facts(desk: Desk, found: Status) -> list[Fact]:
    facts: list[Fact] = []
    if found.until is not None:
        left = (found.until - desk.now.date()).days  # negative where the date has passed
        words = (
            f"{count(left, 'day')} left" if left > 0 else "today is the last day" if left == 0 else "that has passed"
        )
        facts.append(fact("Until", f"{day(found.until)} ({words})"))
    if found.stale:
        passed = "its own date has passed" if found.until is not None else "the release that ends it is out"
        facts.append(fact("Mind", f"the page still says supported, but {passed}"))
    if found.row:
        facts.append(fact("Row", found.row))
    return facts


def _newest_facts(desk: Desk, version: Version) -> list[Fact]:
    published = _full(desk, version)
    line = line_of(version, desk.picture.lines)
    facts = [
        fact(f"Newest of {line}.x", named(item)) for item in published if item.newest_in_line and item.line == line
    ]
    facts += [fact("Newest release", named(item)) for item in published if item.newest]
    return facts[:4]


def _advice(desk: Desk, version: Version, found: Status, touching: Sequence[Advisory]) -> tuple[Block, ...]:
    published = _full(desk, version)
    line = line_of(version, desk.picture.lines)
    in_line = next((item for item in published if item.newest_in_line and item.line == line), None)
    newest = next((item for item in published if item.newest), None)
    target = in_line if found.state == "supported" else newest
    if target is None or target.version is None or target.version <= version:
        return ()
    why = " It fixes what affects yours." if touching and not _still_touched(desk, target.version, touching) else ""
    return (paragraph("Upgrade to ", Strong(named(target)), f".{why}"),)


def _still_touched(desk: Desk, target: Version, touching: Sequence[Advisory]) -> bool:
    still, unreadable = desk.affecting(target)
    ids = {item.id for item in [*still, *unreadable]}
    return any(item.id in ids for item in touching)


def _all_lines(desk: Desk) -> Message:
    """The state of every line that has releases, the newest first."""
    full = [item for item in _published(desk) if item.kind != "prerelease" and item.newest_in_line and item.version]
    full.sort(key=lambda item: item.release.published_at, reverse=True)
    items: list[ListItem] = []
    for item in full[:MOST]:
        if item.version is None:  # pragma: no cover - filtered above
            continue
        found = _status(desk, item.version)
        words = {
            "supported": f"supported until {day(found.until)}" if found.until else "supported",
            "ended": f"ended on {day(found.until)}" if found.until else "ended",
            "not_listed": "not listed",
            "unknown": "unknown",
        }
        items.append(ListItem((Strong(f"{item.line}.x"), Text(f": {words[found.state]}; its newest is {named(item)}"))))
    if not items:
        return unsure(f"I know of no release of {desk.project.name}", "Ask with a version: /supported 0.11.")
    return Message(
        title=f"Support of {desk.project.name} by line",
        tone=Tone.ANSWER,
        body=(BulletList(tuple(items)),),
        links=_policy_link(desk),
        footer=policy_age(desk),
    )


def _policy_link(desk: Desk) -> tuple[Link, ...]:
    known = desk.knowledge.policy
    return (Link("Security policy", known.page.link),) if known is not None and known.page.link else ()


def policy_age(desk: Desk) -> str:
    """Small print: the date of the page, and how long ago it was last read."""
    known = desk.knowledge.policy
    if known is None:
        return desk.age("github-policy")
    dated = (
        f"committed on {day(known.page.committed_at)}"
        if known.page.committed_at
        else f"first read on {day(known.first_read_at)}"
    )
    read = max(
        [known.read_at, *(at for name, at in desk.knowledge.read_at.items() if name.startswith("github-policy"))]
    )
    newer = desk.knowledge.newer_unreadable
    note = ""
    if newer is not None:
        unread = "The page as it stands now cannot be read; its earlier text does not count."
        note = f" {unread if newer.page.found else 'The page is not there any more; its earlier text does not count.'}"
    return f"By the page {dated}, last read {age(desk.now - read)}.{note}"


def upgrade(desk: Desk) -> Message:
    """The way from a version to the newest: releases between, lines crossed, advisories left behind, breaking changes."""
    asked = desk.arguments.get("version", "")
    version = read_version(asked)
    if version is None:
        return unsure(f"“{asked[:40]}” is no version I can read", "Ask with the version you run, such as 0.11.5.")
    later = [
        item
        for item in _published(desk)
        if item.kind != "prerelease"
        and item.version
        and item.version.package == version.package
        and item.version > version
    ]
    if not later:
        return Message(
            title=f"I know of nothing newer than {version.text}",
            tone=Tone.GOOD,
            footer=desk.age("github-releases"),
        )
    later.sort(key=lambda item: item.version or version)
    target = later[-1]
    lines = list(dict.fromkeys(item.line for item in later if item.line))
    facts = [
        fact("Releases between", str(len(later) - 1)),
        fact("Lines", ", ".join(f"{line}.x" for line in lines[-MOST:])),
    ]
    fixed = [item for item in desk.affecting(version)[0] if not _still_touched(desk, target.version or version, [item])]
    body: list[Block] = []
    if fixed:
        rows = tuple(
            ListItem(
                (Link(item.id, item.url) if item.url else Text(item.id), Text(f" ({item.severity}): {item.summary}"))
            )
            for item in fixed[:MOST]
        )
        body += [Heading(3, (Text("Advisories left behind"),)), BulletList(rows)]
    breaking = [(item, heading) for item in later for heading in _breaking(item)]
    if breaking:
        rows = tuple(
            ListItem(
                (Link(named(item), item.release.url) if item.release.url else Text(named(item)), Text(f": {heading}"))
            )
            for item, heading in breaking[:MOST]
        )
        body += [Heading(3, (Text("Breaking changes"),)), BulletList(rows)]
    return Message(
        title=f"From {version.text} to {named(target)}",
        tone=Tone.ANSWER,
        url=target.release.url,
        facts=tuple(facts),
        body=tuple(body) or (paragraph("No notes between them have a heading about breaking changes."),),
        links=(Link("Release notes", target.release.url),) if target.release.url else (),
        footer=desk.age("github-releases"),
    )


def _breaking(item: Classified) -> list[str]:
    headings = [plain(block.spans) for block in item.release.notes if isinstance(block, Heading)]
    return [heading for heading in headings if "breaking" in heading.lower() or "upgrading" in heading.lower()]
