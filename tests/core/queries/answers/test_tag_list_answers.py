"""Answers about versions whose tag style only the whole list of tags shows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import Message
from chatbot.core.queries.answers.why import subjects_of
from chatbot.core.queries.commands import Kind
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.questions import QUESTIONS
from chatbot.core.queries.suggest import suggestions
from chatbot.core.snapshot import build_snapshot
from tests.core import make

ZFS = ["zfs-2.1.3", "zfs-2.1.4", "zfs-2.1.5"]
PACKAGES = ["auth@1.0.0", "auth@1.1.0", "core@1.0.0", "core@2.0.0"]
BUILDS = ["v1.24.10+rke2r1", "v1.24.10+rke2r2"]
DASHED = ["rel-2-4-18", "rel-2-4-19"]
COUNTED = ["33.0.7-ls439", "34.0.3-ls445", "34.0.3-ls446"]
AGAIN = ["2020.11.0", "2020.12.3", "3.0.0", "3.1.0"]
NAMED_TAGS = ["v0.1.9", "Flip_Link-v0.1.10"]


def context(tags: list[str], advisory: Advisory | None = None) -> QueryContext:
    """A project that published these tags, one a day, and perhaps an advisory; all of it was read just now."""
    now = make.START + 60 * make.DAY
    releases = [make.release(tag, make.START + timedelta(days=day)) for day, tag in enumerate(tags)]
    read_at = {f"github-{kind}:mail": now for kind in ("releases", "advisories", "policy")}
    knowledge = make.knowledge(releases, [advisory] if advisory else [], read_at=read_at)
    project = replace(make.project, repository="example/flip-link")
    return QueryContext(forge=make.FORGE, snapshot=build_snapshot(project, knowledge), policy=None, now=now)


def ask(here: QueryContext, question: str) -> Message:
    command, _, text = question.partition(" ")
    name = "line" if command == "latest" else "version"
    return QUESTIONS[command](replace(here, arguments={name: text} if text else {}))


def flaw(affected: str, patched: str) -> Advisory:
    return make.advisory(affected=affected, patched=patched)


@pytest.mark.parametrize(
    ("tags", "question", "title"),
    [
        (ZFS, "upgrade 2.1.3", "Upgrade Mail Server 2.1.3 to zfs 2.1.5"),
        (ZFS, "upgrade 2.1.9", "There is no release 2.1.9 of Mail Server; the newest is zfs 2.1.5"),
        (ZFS, "latest 2.1", "The newest Mail Server 2.1.x is zfs 2.1.5"),
        (ZFS, "latest zfs-2.1", "The newest Mail Server zfs-2.1.x is zfs 2.1.5"),
        (PACKAGES, "upgrade 1.0.0", "Several packages have a version 1.0.0: auth and core"),
        (PACKAGES, "upgrade 1.1.0", "There is nothing newer than 1.1.0"),
        (PACKAGES, "upgrade auth@1.0.0", "Upgrade Mail Server 1.0.0 to auth 1.1.0"),
        (PACKAGES, "upgrade 9.0", "No package has a version 9.0"),
        (BUILDS, "upgrade 1.24.10+rke2r1", "Upgrade Mail Server 1.24.10+rke2r1 to 1.24.10+rke2r2"),
        (BUILDS, "latest", "The newest Mail Server is 1.24.10+rke2r2"),
        (DASHED, "upgrade 2-4-18", "Upgrade Mail Server 2.4.18 to 2.4.19"),
        (DASHED, "latest 2-4", "The newest Mail Server 2-4.x is 2.4.19"),
        (COUNTED, "latest", "The newest Mail Server is 34.0.3-ls446"),
        (COUNTED, "upgrade 34.0.3-ls445", "Upgrade Mail Server 34.0.3-ls445 to 34.0.3-ls446"),
        (["0.1-rc1", "0.1-rc2"], "latest", "The newest Mail Server is 0.1-rc2"),
        (AGAIN, "latest", "The newest Mail Server is 3.1.0"),
        (AGAIN, "upgrade 3.1.0", "There is nothing newer than 3.1.0"),
        (AGAIN, "upgrade 2020.12.3", "Upgrade Mail Server 2020.12.3 to 3.0.0, then to 3.1.0"),
        (NAMED_TAGS, "upgrade 0.1.9", "Upgrade Mail Server 0.1.9 to 0.1.10"),
        (["1.2.3"], "affected 1.2.3+really1.2.2-1", "I can't tell which release “1.2.3+really1.2.2-1” was made from"),
    ],
)
def test_the_title_of_an_answer(tags: list[str], question: str, title: str) -> None:
    assert ask(context(tags), question).title == title


@pytest.mark.parametrize(
    ("tags", "affected", "patched", "text", "count"),
    [
        (ZFS, "< 2.1.5", "2.1.5", "2.1.3", 1),
        (ZFS, "< 2.1.5", "2.1.5", "2.1.5", 0),
        (BUILDS, "< 1.24.10+rke2r2", "1.24.10+rke2r2", "1.24.10+rke2r1", 1),
        (BUILDS, "< 1.24.10+rke2r2", "1.24.10+rke2r2", "1.24.10", 1),
        (BUILDS, "< 1.24.10+rke2r2", "1.24.10+rke2r2", "1.24.10+rke2r2", 0),
        (DASHED, "< 2.4.19", "2.4.19", "rel-2-4-18", 1),
        (DASHED, "< 2.4.19", "2.4.19", "rel-2-4-19", 0),
        (COUNTED, ">= 34.0.3, < 34.0.5", "34.0.5", "34.0.3-ls446", 1),
        (AGAIN, "< 3.0.5", "3.1.0", "2020.12.3", 1),
        (AGAIN, "< 2020.12.3", "2020.12.3", "3.0.0", 0),
        (["V_9_1_P1", "V_9_2_P1", "V_9_8_P1"], ">= 8.5, < 9.8", "9.8", "1:9.2p1-2+deb12u3", 1),
    ],
)
def test_which_versions_an_advisory_affects(
    tags: list[str], affected: str, patched: str, text: str, count: int
) -> None:
    title = ask(context(tags, flaw(affected, patched)), f"affected {text}").title
    assert ("is affected by 1 advisory" in title) is bool(count)
    assert ("No published advisory affects" in title) is not bool(count)


@pytest.mark.parametrize("tags", [ZFS, PACKAGES, BUILDS, DASHED, COUNTED, AGAIN, NAMED_TAGS])
def test_every_suggestion_can_be_looked_up(tags: list[str]) -> None:
    here = context(tags)
    for suggestion in suggestions(here, Kind.VERSION, ""):
        assert here.snapshot.look_up(suggestion.value).release is not None
    for suggestion in suggestions(here, Kind.LINE, ""):
        assert ask(here, f"latest {suggestion.value}").title.startswith("The newest")


def test_why_reads_versions_in_the_same_way() -> None:
    here = context(ZFS)
    assert subjects_of(replace(here, arguments={"id": "ZFS_2.1.4"})) == ("release/mail/zfs-2.1.4",)
    assert subjects_of(replace(here, arguments={"id": "2.1.4"})) == ("release/mail/zfs-2.1.4",)
    assert subjects_of(replace(here, arguments={"id": "2.1.9"})) == ()
