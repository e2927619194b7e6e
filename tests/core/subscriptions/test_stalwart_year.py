"""A year of Stalwart's real history, as its subscribers would have lived it: the golden transcripts are for a person to judge.

Tags, dates, ids, severities and ranges are facts (stalwart_year.json); all words are ours.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from chatbot.core.subscriptions import past
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.core.support.policy import Policy
from chatbot.sources.markdown.document import read_markdown
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make
from tests.core.subscriptions.mailbox import Mailbox, transcript
from tests.core.subscriptions.people import subscription

HERE = Path(__file__).parent
SITE = "https://github.com/stalwartlabs/stalwart"
STALWART = Project(id=ProjectId("stalwart"), name="Stalwart", repository="stalwartlabs/stalwart")
FIRST_DAY = datetime(2025, 9, 1, 8, tzinfo=UTC)
LAST_DAY = FIRST_DAY + timedelta(days=365)
READ_AFTER = timedelta(minutes=1)  # how late something is read, and how long until it is read again
SETTLE = timedelta(seconds=30)


@cache
def history() -> Any:
    return json.loads((HERE / "stalwart_year.json").read_text(encoding="utf-8"))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@cache
def releases() -> Sequence[Release]:
    return [
        make.release(tag, moment(at), "Changes.", project=STALWART.id, url=f"{SITE}/releases/tag/{tag}")
        for tag, at in history()["releases"]
    ]


@cache
def advisories() -> Sequence[Advisory]:
    return [
        make.advisory(
            each["id"],
            Severity(each["severity"]),
            affected=each["range"],
            patched=each["patched"],
            at=moment(each["published"]),
            project=STALWART.id,
            aliases=frozenset({each["cve"]}),
            summary=each["title"],
            description=read_markdown(f"Affected: {each['text']}." if each["text"] else "")[0],
            scores=(("CVSS", each["score"]),),
            url=f"{SITE}/security/advisories/{each['id']}",
        )
        for each in history()["advisories"]
    ]


@cache
def policy_at(when: datetime) -> Policy:
    rows = [rows for at, rows in history()["policies"] if moment(at) <= when][-1]
    table = "\n".join(f"| {version} | {'✅' if word == 'yes' else '❌'} | {end} |" for version, word, end in rows)
    return read_policy(f"# Security policy\n\n| Version | Supported | End |\n|---|---|---|\n{table}\n")


def tracked(fact: Any, when: datetime) -> "Tracked[Any]":
    """A fact that was read a minute after it was published, and again a minute later; what is older was there before."""
    first = fact.published_at + READ_AFTER
    again = first + READ_AFTER
    return Tracked(
        fact=fact,
        first_read_at=first,
        read_at=again if again <= when else first,
        changed_at=first,
        known_before=fact.published_at < FIRST_DAY - timedelta(days=30),
        origins=("GitHub",),
        authoritative=True,
    )


@cache
def world(when: datetime) -> ProjectSnapshot:
    """What has been read by then."""
    by_then = [each for each in releases() if each.published_at + READ_AFTER <= when]
    advisories_by_then = [each for each in advisories() if each.published_at + READ_AFTER <= when]
    knowledge = make.knowledge(
        [tracked(each, when) for each in by_then], [tracked(each, when) for each in advisories_by_then]
    )
    return build_snapshot(STALWART, replace(knowledge, project=STALWART.id, baseline_at=FIRST_DAY - timedelta(days=30)))


def moments() -> Iterator[datetime]:
    """Whenever something is read, or read again."""
    published = [*(each.published_at for each in releases()), *(each.published_at for each in advisories())]
    times = {at + READ_AFTER * turn for at in published for turn in (1, 2)}
    return iter(sorted(at for at in times if FIRST_DAY <= at <= LAST_DAY))


@dataclass
class Life:
    """A year of one subscriber.

    about, on: what they subscribe to, and when
    reactions: the day on which they say that they upgraded, and to what
    """

    about: str
    on: datetime = FIRST_DAY
    reactions: dict[datetime, str] = field(default_factory=dict)

    def transcript(self) -> str:
        theirs = subscription(self.about, since=self.on, project=STALWART.id)
        box = Mailbox((theirs,), settle=SETTLE)
        lines = [f"{self.on:%Y-%m-%d %H:%M} · subscribes to {words_for(theirs)}", self._would_have_had(theirs)]
        parts = ["\n".join(lines) + "\n"]
        for when in [*moments(), LAST_DAY]:
            for day in [day for day in self.reactions if day <= when]:
                version = self.reactions.pop(day)
                box.upgrade(
                    subscription(version, since=day, project=STALWART.id),
                    *(each.scope.name for each in box.subscriptions),
                )
                parts.append(f"{day:%Y-%m-%d %H:%M} · says: I upgraded to {version}\n")
            if when < self.on:
                continue
            box.policy = policy_at(when)
            box.messages.clear()
            box.receive(world(when), when)
            parts += [transcript(box.messages)] if box.messages else []
            first = [message for _, message in box.messages if message.kind == "new"]
            box.subscriptions = tuple(
                replace(each, unconfirmed=each.unconfirmed + len(first)) for each in box.subscriptions
            )
        return "\n".join([*parts, f"{LAST_DAY:%Y-%m-%d %H:%M} · the end\n"])

    def _would_have_had(self, theirs: Subscription) -> str:
        before = past.in_the_last_year(world(self.on), theirs, self.on)
        return f"in the 12 months before: {', '.join(each.id for each in before) or 'nothing'}"


def words_for(each: Subscription) -> str:
    return f"{each.scope.kind} {each.scope.name}".strip()


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T18:00:00+00:00")


LIVES = {
    "0.11.8": Life("0.11.8"),
    "0.13.2": Life("0.13.2"),
    "0.13.2-upgrades": Life(
        "0.13.2",
        reactions={day("2025-09-12"): "0.13.3", day("2025-10-03"): "0.13.4", day("2026-02-20"): "0.15.5"},
    ),
    "line-0.15": Life("0.15.x", on=datetime(2025, 12, 20, 8, tzinfo=UTC)),
    "line-0.15-late": Life("0.15.x", on=datetime(2026, 3, 1, 8, tzinfo=UTC)),
}


@pytest.mark.parametrize("name", sorted(LIVES))
def test_a_year_of_a_subscriber_reads_as_it_should(name: str) -> None:
    """CHATBOT_WRITE_GOLDEN=1 writes the files again; the difference is for a person to judge."""
    path = HERE / "golden" / f"{name}.txt"
    life = LIVES[name]
    words = replace(life, reactions=dict(life.reactions)).transcript()
    if os.environ.get("CHATBOT_WRITE_GOLDEN"):
        path.write_text(words, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == words


def test_no_golden_file_is_left_of_a_life_that_is_gone() -> None:
    assert {path.stem for path in (HERE / "golden").glob("*.txt")} == set(LIVES)
