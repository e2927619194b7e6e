"""`chatbot try`: what a newcomer sees of a small recorded history, at any width, and what is said where something is missing."""

import io
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from chatbot.chats import PROFILES
from chatbot.cli.trial import screen as screens
from chatbot.cli.trial.command import show
from chatbot.cli.trial.screen import Screen
from chatbot.cli.trial.story import Wish, story_of
from chatbot.demo.github.data import Release, Repository
from chatbot.runtime.trial.published import Place, Published
from chatbot.runtime.trial.reading import read_repository
from tests.cli.shell import Shell
from tests.cli.terminal import in_terminal
from tests.cli.trial.conftest import Served
from tests.standins import tideline
from tests.standins.github import faults
from tests.standins.github.server import FaultyGitHub, serve

NAME = "tideline-example/tideline"
ROOT = Path(__file__).parents[3]


@pytest.fixture
async def published() -> Published:
    world = FaultyGitHub(repositories=[tideline.repository()])
    async with serve(world, lambda: tideline.NOW) as url:
        return await read_repository(NAME, Place(api_url=url, web_url=url), lambda: tideline.NOW, lambda _: None)


def test_the_first_lines_say_what_matters(github: Served, shell: Shell) -> None:
    ran = shell("try", NAME)
    assert (ran.status, ran.err) == (0, "")
    first, second, *_ = ran.out.splitlines()
    assert first == (
        "Since 1 March 2030 chatbot would have announced 6 releases, 3 security advisories and 1 change of the security policy of"
        " tideline-example/tideline, 2 of them with a ping. 1 advisory came after its fix: the earlier post was corrected."
    )
    assert second == (
        "tideline 2.2.x gets security fixes. To fix: 1 error in your security advisories and 1 thing in your security policy."
    )
    assert len(github.world.requests) == 8


@pytest.mark.usefixtures("github")
def test_it_shows_the_year_with_what_came_late_what_was_silent_and_why(shell: Shell) -> None:
    out = shell("try", NAME).out
    for words in (
        "GHSA-2222-2222-2222 came 3 days later: the post of 24 June is corrected, and now says “Urgent security release",
        "silent: prereleases are off in this room",
        "silent: its tag is not a version",
        "Patch release · Backport, not the newest – for those who stay on 2.1.x; the newest release is 2.2.0",
        "chatbot try tideline-example/tideline --full",
        "And about one line:",
        "Security policy changed: 2.2.x",
        "How SECURITY.md of 18 August 2030 is read:",
        "2.1.x no longer gets security fixes",
        "GHSA-5555-5555-5555: The range “all of them” cannot be read, so nobody can be told",
        "chatbot init --repository tideline-example/tideline",
        "Nothing was written to this machine.",
    ):
        assert words in out, words


@pytest.mark.usefixtures("github")
def test_everything_can_be_seen_in_full(shell: Shell) -> None:
    short, whole = shell("try", NAME).out, shell("try", NAME, "--full").out
    assert short.count("    │ ") < whole.count("    │ ")
    assert whole.count("Fixed: currents that ran backwards.") > short.count("Fixed: currents that ran backwards.")
    assert "--full" not in whole


@pytest.mark.parametrize("chat", [profile.name for profile in PROFILES])
@pytest.mark.usefixtures("github")
def test_it_has_the_looks_of_each_chat(shell: Shell, chat: str) -> None:
    out = shell("try", NAME, "--as", chat).out
    looks = {
        "discord": "[Am I affected?]",
        "matrix": "Am I affected? Send !affected VERSION tideline",
        "console": "Affected: 2.1.0 and earlier",
    }
    assert looks[chat] in out


@pytest.mark.parametrize("chat", [profile.name for profile in PROFILES])
@pytest.mark.parametrize("columns", [60, 80, 120])
async def test_it_fits_the_terminal(published: Published, chat: str, columns: int) -> None:
    file = io.StringIO()
    console = Console(file=file, width=columns, force_terminal=True, color_system="truecolor", highlight=False)
    wish = Wish(since="1y", chat=chat, full=True)
    show(Screen(console, chat), published, story_of(published, wish), wish)
    plain = re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", file.getvalue())
    assert "\x1b" not in plain
    longest = max(plain.splitlines(), key=cell_len)
    words = max(longest.split(), key=cell_len)
    assert cell_len(longest) < columns or cell_len(words) > columns - 30, longest  # an address is not broken


@pytest.mark.usefixtures("github")
def test_hostile_words_do_nothing(shell: Shell) -> None:
    for words in (("try", NAME), ("try", NAME, "--full"), ("try", NAME, "--as", "discord", "--full")):
        out = shell(*words).out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)
        assert "Reads [bold red]any file[/]" in out.replace("\\", "")


def test_a_terminal_shows_the_progress_and_no_colour_is_respected(github: Served) -> None:
    environment = {"CHATBOT_GITHUB__API_URL": github.url, "CHATBOT_GITHUB__WEB_URL": github.url, "NO_COLOR": "1"}
    screen = in_terminal(["try", NAME], 80, more=environment)
    assert screen.status == 0
    assert "Reading the " in screen.raw.partition("Since 1 March")[0]
    assert not re.search(r"\x1b\[(3[0-7]|9[0-7]|38;)", screen.raw.partition("Since 1 March")[2])
    assert "╭─ edited · tideline 2.1.1 ─" in screen.text
    assert max(cell_len(row) for row in screen.rows) <= 80


@pytest.mark.usefixtures("github")
def test_nothing_is_written(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shell("try", NAME).status == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("github")
def test_a_repository_that_is_not_there_is_wrong_use(shell: Shell) -> None:
    ran = shell("try", "no/body")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        "GitHub shows no repository no/body: there is none of this name, or it is private. Check the spelling; to read a"
        " private one, set CHATBOT_GITHUB__TOKEN to a token that may see it\n"
    )


def test_a_used_up_quota_says_when_it_is_back(github: Served, shell: Shell) -> None:
    github.world.quota_anonymous = 0
    ran = shell("try", NAME)
    assert (ran.status, ran.out) == (3, "")
    assert re.fullmatch(
        r"GitHub's requests for this hour are used up; they are back at \d\d:\d\d UTC, in 60 minutes\. With a token there are"
        r" 5,000 instead of 60 an hour: set CHATBOT_GITHUB__TOKEN \(it needs no permission\)\.\n",
        ran.err,
    )


def test_no_network_is_one_sentence(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBOT_GITHUB__API_URL", "http://127.0.0.1:9")
    ran = shell("try", NAME)
    assert (ran.status, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert "the connection was refused" in ran.err


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("try",), "Missing argument"),
        (("try", "octocat"), "'octocat' is not a repository"),
        (("try", NAME, "--since", "soon"), "write a span such as 1y"),
        (("try", NAME, "--as", "irc"), "'irc' is not one of"),
    ],
)
def test_wrong_use_asks_nobody(github: Served, shell: Shell, words: tuple[str, ...], error: str) -> None:
    ran = shell(*words)
    assert (ran.status, ran.out) == (2, "")
    assert error in ran.err
    assert not github.world.requests


def test_a_mistake_in_the_environment_is_said(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBOT_GITHUB__API_URL", "nonsense")
    monkeypatch.setenv("CHATBOT_DISCORD__TOKEN", "no business of this command")
    ran = shell("try", NAME)
    assert ran.status == 2
    assert ran.err.startswith("environment variable CHATBOT_GITHUB__API_URL: ")


def test_what_is_missing_is_said_and_nothing_is_good_news(github: Served, shell: Shell) -> None:
    github.world.repositories[:] = [Repository(owner="a", name="empty")]
    ran = shell("try", "a/empty")
    assert ran.status == 0
    for words in (
        "chatbot would have had nothing of a/empty to announce",
        "There is no security policy and no security advisory to look at.",
        "It has published no releases; tags alone are none.",
        "It has published no security advisories on GitHub. That does not say that there were no vulnerabilities.",
        "Nothing was published since 1 March 2030.",
        "There is no security policy: no SECURITY.md",
    ):
        assert words in ran.out, words
    assert "nothing to fix" not in ran.out.lower()


def test_advisories_that_could_not_be_read_are_no_good_news(github: Served, shell: Shell) -> None:
    github.world.faults.lay("*/security-advisories", faults.status(403))
    out = shell("try", NAME).out
    assert "! The security advisories could not be read: nothing below says that there are none" in out
    assert "they could not be read, so there may be something to fix" in out
    assert "has published no security advisories" not in out


def test_bad_items_are_left_out_alone_and_counted(github: Served, shell: Shell) -> None:
    of = github.world.repositories[0]
    of.releases.append(Release(tag="no tag", created_at=tideline.NOW, published_at=tideline.NOW))
    out = shell("try", NAME).out
    assert (
        "! 1 item could not be read whole, and was left out or cut: tideline-example/tideline: a release without" in out
    )
    assert "would have announced 6 releases" in out


def test_a_year_of_much_is_counted_by_month(github: Served, shell: Shell) -> None:
    for number in range(80):
        at = tideline.NOW - tideline.day(number * 4)
        github.world.repositories[0].releases.append(Release(tag=f"v1.{number}.0", created_at=at, published_at=at))
    out = shell("try", NAME).out
    assert re.search(r"… \d+ more releases: 1\.\d+\.0, 1\.\d+\.0 … 1\.\d+\.0", out)
    assert len(out.splitlines()) < 200
    assert "GHSA-3333-3333-3333" in out


def documented() -> list[str]:
    """Each line that README and the reference show."""
    pages = (ROOT / "README.md", ROOT / "docs" / "reference" / "commands.md")
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    lines = re.findall(r"^ {4}(?:\.venv/bin/)?chatbot (try .*)$", text, re.MULTILINE)
    return sorted({line.partition("#")[0].strip() for line in lines if "[" not in line})


@pytest.mark.parametrize("line", documented())
@pytest.mark.usefixtures("github")
def test_a_documented_example_runs(shell: Shell, line: str) -> None:
    words = [NAME if "/" in word else word for word in line.split()]
    ran = shell(*words)
    assert (ran.status, ran.err) == (0, "")
    assert "chatbot init --repository tideline-example/tideline" in ran.out


def test_there_are_documented_examples() -> None:
    assert len(documented()) >= 3
    assert screens.WIDEST == 100
