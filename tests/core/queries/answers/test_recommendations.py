"""No answer recommends a version that the gate refuses, and none takes missing facts for good news."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from chatbot.core.announce.render.advisory import advisory_message
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import Message, Tone
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.questions import QUESTIONS
from chatbot.core.snapshot import build_snapshot
from chatbot.core.support.policy import Policy
from chatbot.core.support.rows import Range, Row
from chatbot.core.versions.version import read_version
from tests.core import make

DAY, START = make.DAY, make.START
NOW = START + 40 * DAY  # 2030-02-10
READ_NOW = {"github-releases:mail": NOW, "github-advisories:mail": NOW, "github-policy:mail": NOW}


def row(line: str, above: str, mark: str, until: date | None = None) -> Row:
    low, high = read_version(line), read_version(above)
    assert low is not None
    assert high is not None
    ranges = (Range(low.key, high.key),)
    return Row(text=f"{line}.x | {mark}", label=f"{line}.x", mark=mark, until=until, ranges=ranges)  # type: ignore[arg-type]  # "yes" and "no"


PAGE = Policy(rows=(row("2.2", "2.3", "yes"), row("2.1", "2.2", "yes", date(2030, 6, 30)), row("1.9", "1.10", "no")))
NAMES = ("1.9.9", "2.1.0", "2.1.1", "2.1.2", "2.1.3", "2.1.4", "2.2.0", "2.2.1", "2.2.2")
RELEASES = tuple(make.release(f"v{name}", START + number * DAY) for number, name in enumerate(NAMES))


def advisory(letter: str, affected: str, patched: str = "") -> Advisory:
    return make.advisory(f"GHSA-{letter * 4}-{letter * 4}-{letter * 4}", affected=affected, patched=patched)


TWO = (
    advisory("a", ">= 2.1.0, < 2.1.1", "2.1.1"),
    advisory("b", ">= 2.1.0, < 2.1.2", "2.1.2"),
)
NO_FIX = (advisory("c", "<= 2.2.2", "2.2.3"),)
VAGUE = (advisory("u", "what came before"),)


def ask(
    command: str,
    version: str,
    advisories: Sequence[Advisory] = (),
    *,
    releases: Sequence[Release | Tracked[Release]] = RELEASES,
    policy: Policy | None = PAGE,
    read_at: Mapping[str, datetime] = READ_NOW,
    gaps: Mapping[str, str] | None = None,
) -> Message:
    knowledge = make.knowledge(releases, advisories, read_at=read_at, gaps=gaps or {})
    arguments = {"line" if command == "latest" else "version": version} if version else {}
    return QUESTIONS[command](
        QueryContext(
            forge=make.FORGE,
            snapshot=build_snapshot(make.project, knowledge),
            policy=policy,
            now=NOW,
            arguments=arguments,
        )
    )


def words(message: Message) -> str:
    return "\n".join(make.lines_of(message))


@pytest.mark.parametrize(
    ("version", "advisories", "phrase"),
    [
        ("2.1.0", TWO, "Upgrade to 2.1.4, which fixes both."),
        ("2.1.1", TWO, "Upgrade to 2.1.4, which fixes it."),
        ("2.1.0", (*TWO, advisory("d", "= 2.1.4")), "Upgrade to 2.1.3, which fixes both."),
        ("2.1.0", (*TWO, advisory("d", ">= 2.1.2, < 2.2")), "Upgrade to 2.2.2, which fixes both."),
        ("2.2.2", NO_FIX, "No fixed release has been published yet."),
        ("2.1.4", NO_FIX, "No fixed release has been published yet."),
        ("1.9.9", (advisory("e", "< 2.0", "2.0.0"),), "Upgrade to 2.2.2, which fixes it."),
    ],
)
def test_one_release_fixes_all(version: str, advisories: Sequence[Advisory], phrase: str) -> None:
    assert f"What to do: {phrase}" in make.lines_of(ask("affected", version, advisories))


@pytest.mark.parametrize("command", ["affected", "supported", "upgrade"])
def test_no_command_recommends_what_is_not_published(command: str) -> None:
    for version in ("2.1.4", "2.2.2", "2.1", "2.2"):
        lines = words(ask(command, version, NO_FIX))
        assert "pgrade to 2.2.3" not in lines
        assert "to 2.2.2" not in lines


@pytest.mark.parametrize(
    ("command", "version", "tone"),
    [
        ("affected", "2.2.2", Tone.GOOD),
        ("affected", "v2.1.4", Tone.GOOD),
        ("affected", "1.9.9", Tone.UNSURE),
        ("affected", "1.0", Tone.UNSURE),
        ("affected", "99.0", Tone.UNSURE),
        ("affected", "2.1.7", Tone.UNSURE),
        ("affected", "2.2", Tone.GOOD),
        ("affected", "1.9", Tone.WARNING),
        ("affected", "3", Tone.UNSURE),
        ("supported", "2.2.2", Tone.GOOD),
        ("supported", "2.2.9", Tone.UNSURE),
        ("supported", "99.0", Tone.UNSURE),
        ("supported", "7.1", Tone.UNSURE),
        ("supported", "1.9.9", Tone.WARNING),
        ("supported", "1.9.1", Tone.WARNING),
        ("upgrade", "2.2.2", Tone.GOOD),
        ("upgrade", "99", Tone.UNSURE),
        ("upgrade", "2.2.3", Tone.UNSURE),
        ("upgrade", "2.1.0", Tone.ANSWER),
        ("upgrade", "2.1.77", Tone.ANSWER),
    ],
)
def test_only_a_published_release_of_a_supported_line_is_good_news(command: str, version: str, tone: Tone) -> None:
    assert ask(command, version).tone is tone


@pytest.mark.parametrize("command", ["affected", "supported", "upgrade"])
@pytest.mark.parametrize("version", ["2.2.2", "2.2"])
@pytest.mark.parametrize(
    "less",
    [
        {"policy": None},
        {"policy": Policy(rows=())},
        {"policy": Policy(readable=False, problem="It is a template.")},
        {"releases": ()},
        {"advisories": VAGUE},
        {"advisories": (advisory("f", "2.2", "2.2.3"),)},
        {"read_at": {"github-releases:mail": NOW}},
        {"read_at": {"github-advisories:mail": NOW}},
        {"read_at": {}},
        {"read_at": READ_NOW | {"github-advisories:mail": NOW - timedelta(hours=7)}},
        {"read_at": READ_NOW | {"github-releases:mail": NOW - timedelta(days=3)}},
        {"releases": [make.known_release(each, missing_since=NOW) for each in RELEASES]},
        {"releases": [make.known_release(each, removal_confirmed=True) for each in RELEASES]},
    ],
)
def test_anything_unknown_takes_the_good_news_away(command: str, version: str, less: dict[str, object]) -> None:
    answer = ask(command, version, **less)  # type: ignore[arg-type]  # a table of mixed fields
    assert answer.tone is not Tone.GOOD


@pytest.mark.parametrize("version", ["99", "99.0.1", "2.2.3", "2.2.7-rc.1"])
def test_an_unpublished_version_is_never_the_newest(version: str) -> None:
    answer = ask("upgrade", version)
    assert "newer" not in answer.title
    assert answer.title == f"There is no release {version} of Mail Server; the newest is 2.2.2"


def test_an_upgrade_from_an_unpublished_version_says_so() -> None:
    assert "There is no release 2.1.77 among those that are published." in make.lines_of(ask("upgrade", "2.1.77"))


@pytest.mark.parametrize(
    ("advisories", "title", "note"),
    [
        ((), "Upgrade Mail Server 2.1.0 to 2.1.4, then to 2.2.2", None),
        (
            (advisory("d", "= 2.2.2"),),
            "Upgrade Mail Server 2.1.0 to 2.1.4, then to 2.2.1",
            "2.2.2 is newer, and a known advisory affects it.",
        ),
        ((advisory("d", ">= 2.1.1"),), "There is nothing newer than 2.1.0 that no known advisory affects", None),
    ],
)
def test_an_upgrade_leads_to_a_recommended_release(
    advisories: Sequence[Advisory], title: str, note: str | None
) -> None:
    answer = ask("upgrade", "2.1.0", advisories)
    assert answer.title == title
    assert note is None or note in make.lines_of(answer)


@pytest.mark.parametrize(
    ("line", "advisories", "title", "phrase", "tone"),
    [
        ("2.1", TWO, "Mail Server 2.1.x gets security fixes until 30 June 2030", "Use 2.1.4, the newest release of the line.\n2.1.0 – 2.1.1 are vulnerable.", Tone.GOOD),
        ("2.1.x", TWO, "Mail Server 2.1.x gets security fixes until 30 June 2030", "2.1.0 – 2.1.1 are vulnerable.", Tone.GOOD),
        ("v2.1.*", (), "Mail Server 2.1.x gets security fixes until 30 June 2030", "What to do: Use 2.1.4, the newest release of the line.", Tone.GOOD),
        ("2.1", (advisory("d", "= 2.1.4"),), "Mail Server 2.1.x gets security fixes until 30 June 2030, but its newest release is vulnerable", "2.1.4 is vulnerable. The newest that no known advisory affects is 2.1.3.", Tone.WARNING),
        ("2.1", (advisory("d", ">= 2.1, < 2.2"),), "Mail Server 2.1.x gets security fixes until 30 June 2030, but its newest release is vulnerable", "2.1.0 – 2.1.4 are vulnerable. No fixed release has been published in this line yet.", Tone.WARNING),
        ("2.1", (advisory("d", "2.1.0", "2.1.2"),), "Mail Server 2.1.x gets security fixes until 30 June 2030", "2.1.0 is vulnerable. I can't tell about 2.1.1: see GHSA-dddd-dddd-dddd.", Tone.GOOD),
        ("2.2", VAGUE, "Mail Server 2.2.x gets security fixes", "I can't tell about 2.2.0 – 2.2.2: see GHSA-uuuu-uuuu-uuuu.", Tone.ANSWER),
        ("1.9", (), "Mail Server 1.9.x no longer gets security fixes", "What to do: Upgrade to 2.2.2.", Tone.WARNING),
        ("2", (), "Mail Server 2.x is several release lines", "2.1.x gets security fixes until 30 June 2030; its newest release is 2.1.4", Tone.ANSWER),
        ("7.1", (), "There is no release 7.1 of Mail Server; the newest is 2.2.2", "Known lines: 2.2, 2.1, 1.9.", Tone.UNSURE),
        ("7.1.x", (), "There is no 7.1 release line of Mail Server; the newest release is 2.2.2", "Known lines: 2.2, 2.1, 1.9.", Tone.UNSURE),
    ],
)  # fmt: skip
def test_a_line_is_answered_as_a_line(
    line: str, advisories: Sequence[Advisory], title: str, phrase: str, tone: Tone
) -> None:
    answer = ask("supported", line, advisories)
    assert answer.title == title
    assert phrase in words(answer)
    assert answer.tone is tone
    assert phrase in words(ask("affected", line, advisories))


@pytest.mark.parametrize(
    ("line", "advisories", "title", "tone"),
    [
        ("2.1", (), "Mail Server 2.1.x gets security fixes until 30 June 2030", Tone.GOOD),
        ("2.1", TWO, "Some releases of Mail Server 2.1.x are affected", Tone.WARNING),
        ("2.1", (advisory("d", "= 2.1.4"),), "A release of Mail Server 2.1.x is affected", Tone.WARNING),
        ("2.1.x", (advisory("d", ">= 2.1, < 2.2"),), "Every release of Mail Server 2.1.x is affected", Tone.WARNING),
        ("2.2", VAGUE, "Mail Server 2.2.x gets security fixes", Tone.ANSWER),
        ("2.2", (advisory("e", "no idea", "2.2.2"),), "Mail Server 2.2.x gets security fixes", Tone.ANSWER),
        ("1.9", (advisory("d", "< 2"),), "Every release of Mail Server 1.9.x is affected", Tone.WARNING),
        ("2", TWO, "Mail Server 2.x is several release lines", Tone.ANSWER),
        ("7.1", TWO, "There is no release 7.1 of Mail Server; the newest is 2.2.2", Tone.UNSURE),
    ],
)
def test_the_answer_about_a_line_begins_with_whether_it_is_affected(
    line: str, advisories: Sequence[Advisory], title: str, tone: Tone
) -> None:
    """No green tick for a line of which some releases are vulnerable: whoever asks runs one of them."""
    answer = ask("affected", line, advisories)
    assert (answer.title, answer.tone) == (title, tone)
    if "affected" in title:
        assert "security fixes" in words(answer)


def test_a_release_that_is_called_like_a_line_is_that_release() -> None:
    releases = [make.release("v2.1", START), make.release("v2.1.1", START + DAY)]
    assert ask("supported", "2.1", releases=releases).title == "Mail Server 2.1 gets security fixes until 30 June 2030"
    assert ask("supported", "2.1.x", releases=releases).title.startswith("Mail Server 2.1.x gets security fixes")


@pytest.mark.parametrize("line", ["", "2.2"])
def test_the_newest_is_named_with_what_is_known_against_it(line: str) -> None:
    answer = ask("latest", line, (advisory("d", "= 2.2.2"),))
    assert answer.tone is Tone.WARNING
    assert "2.2.2 (affected by GHSA-dddd-dddd-dddd). 2.2.1 is the newest that no known advisory affects." in words(
        answer
    )
    lines = words(ask("supported", "", (advisory("d", "= 2.2.2"),)))
    assert "newest 2.2.2 (affected by GHSA-dddd-dddd-dddd)" in lines


def test_a_policy_that_was_not_read_is_not_called_missing() -> None:
    unread = ask("supported", "2.2.2", policy=None, read_at={})
    assert "I have not read the security policy yet." in make.lines_of(unread)
    assert "No security policy was found; a SECURITY.md with a table of versions would tell." in make.lines_of(
        ask("supported", "2.2.2", policy=None)
    )


def test_a_removed_release_is_not_good_news() -> None:
    releases: list[Release | Tracked[Release]] = [
        *RELEASES[:-1],
        make.known_release(RELEASES[-1], removal_confirmed=True),
    ]
    for command in ("supported", "affected", "upgrade"):
        answer = ask(command, "2.2.2", releases=releases)
        assert answer.tone is not Tone.GOOD
        assert "The project has removed this release." in words(answer)


def removed(release: Release) -> Tracked[Release]:
    return make.known_release(release, removal_confirmed=True)


def missing(release: Release) -> Tracked[Release]:
    """The first complete list without it was read; nothing has confirmed yet that it was removed."""
    return make.known_release(release, missing_since=NOW)


def pre(release: Release) -> Release:
    return replace(release, prerelease=True)


@pytest.mark.parametrize("take_back", [removed, missing])
def test_the_newest_standing_release_is_the_newest(take_back: Callable[[Release], Tracked[Release]]) -> None:
    remaining: list[Release | Tracked[Release]] = [*RELEASES[:-1], take_back(RELEASES[-1])]
    assert ask("latest", "", releases=remaining).title == "The newest Mail Server is 2.2.1"
    assert ask("latest", "2.2", releases=remaining).title == "The newest Mail Server 2.2.x is 2.2.1"
    assert "What to do: Upgrade to 2.2.1." in words(ask("supported", "2.2.0", releases=remaining))
    assert "2.2.x – supported, newest 2.2.1" in words(ask("supported", "", releases=remaining))


@pytest.mark.parametrize(
    ("last", "why", "fixed"),
    [
        (removed, "2.2.2 was released, but the project has removed it", "2.2.2 (removed)"),
        (missing, "2.2.2 was released, but the project has removed it", "2.2.2 (removed)"),
        (pre, "2.2.2 is a prerelease", "2.2.2 (prerelease)"),
        (lambda _: make.release("v2.1.9"), "2.2.2 is not released yet", "2.2.2 (not released yet)"),
    ],
)
def test_the_reason_why_a_fix_cannot_be_used(
    last: Callable[[Release], Release | Tracked[Release]], why: str, fixed: str
) -> None:
    fix, remaining = advisory("a", "< 2.2.2", "2.2.2"), [*RELEASES[:-1], last(RELEASES[-1])]
    answer = words(ask("affected", "2.2.1", [fix], releases=remaining))
    assert f" – {why}" in answer
    assert "No fixed release has been published yet." in answer
    knowledge = make.knowledge(remaining, [fix], read_at=READ_NOW)
    lines = make.lines_of(advisory_message(build_snapshot(make.project, knowledge), fix.id))
    apart = {f"Fixed in: {fixed}", "Fix: No fixed release has been published yet."}
    assert ({"Fix: 2.2.2, not released yet"} if "not released" in fixed else apart) <= set(lines)


@pytest.mark.parametrize("command", ["upgrade", "affected", "supported", "latest"])
@pytest.mark.parametrize("version", ["0.1.0", "0.1", "0.9", ""])
def test_a_project_with_prereleases_only(command: str, version: str) -> None:
    if (command == "latest") != (not version):
        return
    remaining = [pre(make.release("v0.1.0")), pre(make.release("v0.2.0"))]
    answer = ask(command, version, releases=remaining, policy=None)
    assert "know of no release" not in words(answer)
    assert answer.tone is not Tone.GOOD


def test_an_upgrade_among_prereleases_names_the_newest_and_recommends_none() -> None:
    remaining = [pre(make.release("v0.1.0")), pre(make.release("v0.2.0"))]
    title = "Mail Server has published prereleases only, the newest is 0.2.0"
    assert ask("upgrade", "0.1.0", releases=remaining).title == title
    assert ask("supported", "", releases=remaining).title == title


@pytest.mark.parametrize("source", ["github-advisories:mail", "github-database-advisories:mail", "osv:mail"])
@pytest.mark.parametrize("command", ["affected", "supported", "upgrade"])
def test_an_advisory_that_could_not_be_read_may_be_the_one(command: str, source: str) -> None:
    assert ask(command, "2.2.2").tone is Tone.GOOD
    doubtful = ask(command, "2.2.2", gaps={source: "1 item could not be read"})
    assert doubtful.tone is not Tone.GOOD
    assert "one may be missing" in make.words(doubtful)
    assert ask(command, "2.2.2", gaps={"github-atom:mail": "x"}).tone is Tone.GOOD


NOTHING_READ: Mapping[str, datetime] = {"github-releases:mail": NOW, "github-policy:mail": NOW}
LONG_AGO: Mapping[str, datetime] = {**READ_NOW, "github-advisories:mail": NOW - DAY}


@pytest.mark.parametrize("command", ["advisories", "credits", "advisory"])
@pytest.mark.parametrize(
    ("read_at", "phrase"),
    [
        (NOTHING_READ, "I have not read the advisories yet."),
        (LONG_AGO, "I last read the advisories on 9 February 2030, 12:00 UTC, so newer ones may be missing."),
    ],
)
def test_an_empty_list_of_advisories_is_no_news_where_they_were_not_read(
    command: str, read_at: Mapping[str, datetime], phrase: str
) -> None:
    answer = ask(command, "", read_at=read_at)
    assert phrase in words(answer)
    assert answer.tone is Tone.UNSURE
    assert "0 published" not in answer.title
    assert "None" not in words(answer)


@pytest.mark.parametrize("command", ["affected", "supported", "upgrade"])
@pytest.mark.parametrize("version", ["2.1.77", "0.3.3", "99.0"])
def test_a_release_may_be_missing_from_a_list_that_was_cut(command: str, version: str) -> None:
    gaps = {"github-releases:mail": "only the first 1,000 items could be read: GitHub lists no more"}
    knowledge = make.knowledge(RELEASES, read_at=READ_NOW, gaps=gaps)
    context = QueryContext(
        forge=make.FORGE,
        snapshot=build_snapshot(make.project, knowledge),
        policy=PAGE,
        now=NOW,
        arguments={"version": version},
    )
    phrase = words(QUESTIONS[command](context))
    assert "There is no" not in phrase
    assert "I know of no release" in phrase
    assert "Not every release could be read (only the first 1,000 items" in phrase


PARTLY = (
    make.advisory("GHSA-vvvv-vvvv-vvvv", affected="2.1", patched="2.1.4"),
)  # 2.1.1 is above that, and below the fix


def test_doubts_are_named_with_every_version() -> None:
    assert "To be sure, upgrade to 2.1.4, which no known advisory affects." in words(ask("affected", "2.1.3", PARTLY))
    assert "To be sure" not in words(ask("affected", "2.1.3", VAGUE))
    assert "I can't tell whether GHSA-vvvv-vvvv-vvvv affects 2.1.3" in words(ask("upgrade", "2.1.3", PARTLY))
    unsure = "2.2.2 (perhaps affected by GHSA-uuuu-uuuu-uuuu)"
    assert f"2.2.x – {unsure}" in words(ask("latest", "", VAGUE))
    assert f"newest {unsure}" in words(ask("supported", "", VAGUE))
    assert f"Newest release: {unsure}" in words(ask("supported", "2.1.0", VAGUE))
    assert "perhaps" not in words(ask("latest", "", PARTLY))


@pytest.mark.parametrize("command", ["affected", "supported"])
def test_no_fix_is_denied_before_the_releases_were_read(command: str) -> None:
    fix = advisory("a", "< 2.1.1", "2.1.1")
    read_at = {"github-advisories:mail": NOW, "github-policy:mail": NOW}
    knowledge = replace(make.knowledge((), [fix], read_at=read_at), baseline_at=None)
    drawn = build_snapshot(make.project, knowledge)
    phrase = words(
        QUESTIONS[command](
            QueryContext(forge=make.FORGE, snapshot=drawn, policy=PAGE, now=NOW, arguments={"version": "2.1.0"})
        )
    )
    for text in (phrase, "\n".join(make.lines_of(advisory_message(drawn, fix.id)))):
        assert "I have not read the releases yet" in text
        assert "not released" not in text
        assert "No fixed release has been published" not in text


def test_no_fix_in_one_line_or_in_the_whole_project() -> None:
    phrase = words(ask("latest", "2.1", [advisory("d", ">= 2.1, < 2.2")]))
    assert "No fixed release has been published in this line yet." in phrase
    assert "No fixed release has been published yet." in words(ask("latest", "2.1", [advisory("d", ">= 0")]))
