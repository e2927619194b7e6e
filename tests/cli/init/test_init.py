"""`chatbot init`: what it writes is a right configuration of exactly this setup; nothing is overwritten, no secret is shown."""

import base64
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.cli.init.document import document
from chatbot.cli.init.interview import answers_of
from chatbot.cli.init.next_steps import called
from chatbot.runtime.settings.settings import Settings, load
from tests.cli.shell import Ran, Shell
from tests.cli.terminal import in_terminal

CANARY = f"{base64.b64encode(b'1234567890123456789').decode().rstrip('=')}.GabcDE.canary-of-the-init-test"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def settings_in(folder: Path) -> Settings:
    """The settings of what was written, once its secrets are in their places."""
    tree = tomllib.loads((folder / "config.toml").read_text())
    for table in tree.values():
        for key, name in table.items() if isinstance(table, dict) else ():
            if key.endswith("_file") and not (folder / name).exists():
                (folder / name).write_text(f"{CANARY}\n")
                (folder / name).chmod(0o600)
    return load(folder / "config.toml", {})


def test_two_options_are_a_setup(shell: Shell, tmp_path: Path) -> None:
    ran = shell("init", "--repository", "https://github.com/acme/acme-mailer/releases", "--room", "12345678")
    assert (ran.status, ran.err) == (0, "")
    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) == 0o600
    assert tomllib.loads((tmp_path / "config.toml").read_text()) == {
        "first_run": "newest",
        "discord": {"token_file": "discord-token"},
        "projects": [{"id": "acme-mailer", "name": "Acme Mailer", "repository": "acme/acme-mailer"}],
        "rooms": [{"address": "discord:12345678", "projects": ["acme-mailer"]}],
    }
    assert settings_in(tmp_path).has_discord


def test_every_option_reaches_its_key(shell: Shell, tmp_path: Path) -> None:
    options = {
        "--github-url": "https://git.acme.example/",
        "--repository": "https://git.acme.example/acme/mailer",
        "--name": 'Acme "Mailer" \\ Ä',
        "--id": "am",
        "--maintainer": "<@&7>",
        "--maintainers-room": "!ops:example.org",
        "--mention": "role:9",
        "--first-run": "silent",
        "--discord-token-file": "secrets-d",
        "--application-id": "987654321098765432",
        "--user-id": "@bot:example.org",
        "--homeserver": "https://matrix.example.org/",
        "--password-file": "secrets-m",
        "--allow-invites-from": "example.org",
        "--github-token-file": "secrets-g",
    }
    words = [word for option in options.items() for word in option]
    ran = shell("init", *words, "--room", "5", "--room", "#news:example.org", "--room", "5", "--line-roles")
    assert (ran.status, ran.err) == (0, "")
    assert "client_id=987654321098765432&" in ran.out
    tree = tomllib.loads((tmp_path / "config.toml").read_text())
    assert tree == {
        "first_run": "silent",
        "github": {
            "api_url": "https://git.acme.example/api/v3",
            "web_url": "https://git.acme.example",
            "token_file": "secrets-g",
        },
        "discord": {"token_file": "secrets-d"},
        "matrix": {
            "homeserver": "https://matrix.example.org/",
            "user_id": "@bot:example.org",
            "password_file": "secrets-m",
            "allow_invites_from": ["example.org"],
        },
        "projects": [
            {
                "id": "am",
                "name": 'Acme "Mailer" \\ Ä',
                "repository": "acme/mailer",
                "maintainers": ["discord:role:7"],
                "maintainers_room": "matrix:!ops:example.org",
            }
        ],
        "rooms": [
            {"address": "discord:5", "projects": ["am"], "mention": "role:9", "line_roles": True},
            {"address": "matrix:#news:example.org", "projects": ["am"]},
        ],
    }
    assert settings_in(tmp_path).has_matrix


def test_a_setup_for_the_terminal_alone_has_no_account(shell: Shell, tmp_path: Path) -> None:
    ran = shell("init", "--repository", "acme/mailer", "--room", "console")
    assert (ran.status, ran.err) == (0, "")
    assert tomllib.loads((tmp_path / "config.toml").read_text()).keys() == {"first_run", "projects", "rooms"}
    assert "discord.com" not in ran.out
    assert shell("check").status == 0


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        ([], ["nobody can be asked here, so chatbot init needs --repository and --room; see chatbot init --help"]),
        (
            ["--room", "#a:example.org"],
            ["nobody can be asked here, so chatbot init needs --repository and --user-id; see chatbot init --help"],
        ),
        (
            ["--repository", "https://gitlab.com/a/b", "--room", "console"],
            ["--repository: is not on github.com; for GitHub Enterprise give its address with --github-url"],
        ),
        (
            ["--repository", "a", "--room", "nowhere", "--first-run", "loud"],
            [
                '--repository: is not a repository; write owner/name as in its address, such as "octocat/hello-world"',
                ('--room: is not the address of a room; write "discord:CHANNEL_ID", "matrix:!id:server", '
                '"matrix:#alias:server" or "console"'),
                '--first-run: is not one of the choices; write "silent" or "newest"',
            ],
        ),
        (
            ["--repository", "a/b", "--room", "console", "--homeserver", "https://a.example", "--line-roles"],
            [
                "--homeserver: has no effect without a Matrix room; leave it out, or name one",
                "--line-roles: has no effect without a Discord channel; leave it out, or name one",
            ],
        ),
        (
            ["--repository", "a/b", "--room", "1", "--events", "--password-file", "p"],
            [
                "--events: has no effect without a maintainer and a Discord channel; leave it out, or name one",
                "--password-file: has no effect without a room on Matrix; leave it out, or name one",
            ],
        ),
        (
            ["--repository", "a/b", "--room", "1", "--mention", "user:@a:example.org"],
            ['--mention: cannot be mentioned on Discord; write "role:ID", "user:ID" or "room"'],
        ),
        (
            ["--repository", "a/b", "--room", "1", "--config", "etc/config.toml"],
            ["etc/config.toml: there is no such folder; make it first"],
        ),
        (["--repository", "a/b", "--room", "1", "--name", "a\nb"], ["--name: is not a text on one line; leave out what cannot be printed"]),
        (
            ["--repository", "a/b", "--room", "1", "--maintainer", "alice"],
            [
                ('--maintainer: is not a person or a role; write "discord:user:ID", "discord:role:ID" or '
                '"matrix:@alice:example.org"')
            ],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_or_missing_is_named_and_nothing_is_written(
    shell: Shell, tmp_path: Path, words: list[str], sentences: list[str]
) -> None:
    ran = shell("init", *words)
    assert (ran.status, ran.out, ran.err.splitlines()) == (2, "", sentences)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_nothing_is_overwritten(shell: Shell, tmp_path: Path, kind: str) -> None:
    config = tmp_path / "config.toml"
    match kind:
        case "file":
            config.write_text("mine")
        case "link":
            config.symlink_to(tmp_path / "elsewhere.toml")
        case "folder":
            config.mkdir()
    ran = shell("init", "--repository", "a/b", "--room", "1")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("config.toml exists already and stays as it is; ")
    assert list(tmp_path.iterdir()) == [config]
    assert kind != "file" or config.read_text() == "mine"


def link_of(ran: Ran) -> str:
    return next(line.strip() for line in ran.out.splitlines() if "oauth2" in line)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ([], 0x4000014C00),
        (["--mention", "user:9"], 0x4000014C00),
        (["--mention", "role:9"], 0x4000034C00),
        (["--mention", "room"], 0x4000034C00),
        (["--line-roles"], 0x4010034C00),
        (["--removals"], 0x4000016C00),
        (["--events", "--maintainer", "<@5>"], 0x104000014C00),
    ],
)
def test_the_install_link_asks_for_what_the_setup_needs(shell: Shell, words: list[str], number: int) -> None:
    ran = shell("init", "--repository", "a/b", "--room", "1", *words)
    assert link_of(ran).endswith(f"?client_id=APPLICATION_ID&scope=bot+applications.commands&permissions={number}")
    assert ("Manage Roles" in ran.out) == (words == ["--line-roles"])
    assert ("Mention Everyone" in ran.out) == bool(number & 1 << 17)


def test_a_token_that_is_there_names_the_application_and_is_not_shown(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "discord-token").write_text(CANARY)
    (tmp_path / "discord-token").chmod(0o600)
    ran = shell("init", "--repository", "a/b", "--room", "1")
    assert "client_id=1234567890123456789&" in link_of(ran)
    assert "Save this" not in ran.out
    assert "canary" not in ran.out + ran.err + (tmp_path / "config.toml").read_text()


def test_a_token_in_the_environment_need_not_be_saved(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Save this on one line in discord-token" in shell("init", "--repository", "a/b", "--room", "1").out
    monkeypatch.setenv("CHATBOT_DISCORD__TOKEN", CANARY)
    ran = shell("init", "--repository", "a/b", "--room", "1", "--config", "other.toml")
    assert "client_id=1234567890123456789&" in link_of(ran)
    assert "Save this" not in ran.out
    assert "canary" not in ran.out + ran.err
    assert shell("check", "--config", "other.toml").status == 0


def test_another_file_has_its_secrets_beside_it_and_is_named_to_every_command(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    ran = shell("init", "--repository", "a/b", "--room", "1", "--config", "etc/a b.toml")
    tree = tomllib.loads((tmp_path / "etc" / "a b.toml").read_text())
    assert tree["discord"]["token_file"] == str(tmp_path / "etc" / "discord-token")
    commands = [line.partition(". ")[2] for line in ran.out.splitlines() if ". chatbot " in line]
    assert [command.split()[1] for command in commands] == ["check", "check", "test-message", "run"]
    assert all("--config 'etc/a b.toml'" in command for command in commands)


@pytest.mark.parametrize(
    ("rooms", "commands"),
    [
        (["console"], ["check", "check --online", "run"]),
        (["1"], ["check", "check --online", "test-message discord:1", "run"]),
        (["!b:example.org"], ["check", "check --online", "run", "test-message 'matrix:!b:example.org'"]),
        (["!b:example.org", "1"], ["check", "check --online", "test-message discord:1", "run"]),
    ],
)
def test_a_message_is_tried_once_the_bot_can_be_in_the_room(
    shell: Shell, rooms: list[str], commands: list[str]
) -> None:
    account = ["--user-id", "@bot:example.org"] if any(":" in room for room in rooms) else []
    ran = shell("init", "--repository", "a/b", *account, *(word for room in rooms for word in ("--room", room)))
    assert [line.partition(". chatbot ")[2] for line in ran.out.splitlines() if ". chatbot " in line] == commands


def test_the_variable_names_the_file_to_every_command(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATBOT_CONFIG", "named.toml")
    ran = shell("init", "--repository", "a/b", "--room", "console")
    assert (tmp_path / "named.toml").exists()
    assert "--config" not in ran.out


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf", "Cn", "Co"]), min_size=1, max_size=100)


@given(
    name=NAMES.filter(lambda text: text.strip() == text and text.isprintable()),
    rooms=st.lists(st.sampled_from(["1", "22", "#a:example.org", "!b:example.org", "console"]), min_size=1),
    maintainers=st.lists(st.sampled_from(["<@5>", "discord:role:6", "@alice:example.org"])),
    home=st.sampled_from(["", "7", "#ops:example.org", "console"]),
    mention=st.sampled_from(["", "room", "role:9", "user:9", "user:@a:example.org"]),
    line_roles=st.booleans(),
)
def test_whatever_is_accepted_is_a_right_configuration(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    rooms: list[str],
    maintainers: list[str],
    home: str,
    mention: str,
    line_roles: bool,
) -> None:
    options: dict[str, list[str]] = {
        "repository": ["acme/mailer"], "name": [name], "room": rooms, "maintainer": maintainers,
        "maintainers-room": [home] if home else [], "mention": [mention] if mention else [],
    }  # fmt: skip
    if any(":" in room for room in (*rooms, home)):
        options["user-id"] = ["@bot:example.org"]
    if line_roles and any(room.isdigit() for room in rooms):
        options["line-roles"] = ["on"]
    if mention and all(_cannot(mention, room) for room in rooms):
        options["mention"] = []
    folder = tmp_path_factory.mktemp("setup")
    files = {}
    for table in ("discord", "matrix"):
        files[table] = str(folder / table)
        (folder / table).write_text("a-secret-of-some-length")
        (folder / table).chmod(0o600)
    answers = answers_of(options, None)
    (folder / "config.toml").write_text(document(answers, files), encoding="utf-8")
    settings = load(folder / "config.toml", {})
    (project,) = settings.projects
    assert project.name == name
    assert [room.address for room in settings.rooms] == list(answers.all("room"))


def _cannot(mention: str, room: str) -> bool:
    """Whether nobody can be mentioned so there: the console mentions nobody by a role or an id that it does not know."""
    is_matrix = ":" in room
    if room == "console":
        return True
    return mention.startswith("user:@") != is_matrix and mention != "room"


def test_a_person_at_a_terminal_is_asked_and_what_is_secret_is_not_shown(tmp_path: Path) -> None:
    keys = [
        ("Repository on GitHub", "https://github.com/acme/nothing/else\n"),
        ("What people call the project", "\n"),
        ("Where to announce", "releases\n"),
        ("It is not the address of a room", "https://discord.com/channels/1/12345678\n"),
        ("Maintainers", "<@5>, <@&6>\n"),
        ("A room in which the bot tells them", "\n"),
        ("Who is pinged", "<@&9>\n"),
        ("At the first start", "silent\n"),
        ("not shown: ", f"{CANARY}\n"),
        ("not shown: ", "\n"),
    ]
    screen = in_terminal(["init"], 100, keys, folder=tmp_path, own_session=True)
    assert screen.status == 0, screen.text
    tree: dict[str, Any] = tomllib.loads((tmp_path / "config.toml").read_text())
    assert tree["projects"] == [
        {
            "id": "nothing",
            "name": "Nothing",
            "repository": "acme/nothing",
            "maintainers": ["discord:user:5", "discord:role:6"],
        }
    ]
    assert tree["rooms"] == [{"address": "discord:12345678", "projects": ["nothing"], "mention": "role:9"}]
    assert tree["first_run"] == "silent"
    assert (tmp_path / "discord-token").read_text() == f"{CANARY}\n"
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert "canary" not in screen.raw
    assert "client_id=1234567890123456789&" in screen.raw


def test_whoever_gives_options_is_asked_only_for_what_is_missing(tmp_path: Path) -> None:
    keys = [("Where to announce", "console\n")]
    screen = in_terminal(["init", "--repository", "acme/mailer"], 100, keys, folder=tmp_path, own_session=True)
    assert screen.status == 0, screen.text
    assert "Repository on GitHub" not in screen.text
    assert "Maintainers" not in screen.text


def test_whoever_leaves_has_written_nothing(tmp_path: Path) -> None:
    screen = in_terminal(["init"], 100, [("Repository on GitHub", "\x04")], folder=tmp_path, own_session=True)
    assert screen.status == 130
    assert screen.rows[-2:] == ("nothing was written", "")
    assert list(tmp_path.iterdir()) == []


def test_the_program_is_called_as_the_shell_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin dir" / "chatbot"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert called("bin dir/chatbot") == "'bin dir/chatbot'"
    assert called("/usr/lib/python3/pytest") == "chatbot"
    assert called("nowhere/chatbot") == "chatbot"
    monkeypatch.setenv("PATH", str(program.parent))
    assert called(str(program)) == "chatbot"
