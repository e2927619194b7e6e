"""Settings: what a good configuration gives, and what each bad one is told."""

import re
from collections.abc import Mapping
from datetime import UTC, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chatbot.core.images.reference import parse_image
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import DigestSchedule, Project, Room, WatchFilter
from chatbot.runtime.settings.mistakes import Mistake, Mistakes
from chatbot.runtime.settings.no_effect import NO_EFFECT, without_effect
from chatbot.runtime.settings.settings import load

PROJECT = '[[projects]]\nid = "hello"\nrepository = "octocat/hello-world"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes_of(folder: Path, text: str, env: Mapping[str, str] | None = None) -> tuple[Mistake, ...]:
    """The mistakes of a configuration, with the folder's name taken away."""
    with pytest.raises(Mistakes) as caught:
        load(write(folder, text), env or {})
    return tuple(Mistake(m.where.replace(f"{folder}/", ""), m.problem, m.fix) for m in caught.value.mistakes)


def test_what_is_left_out_has_the_documented_default(tmp_path: Path) -> None:
    settings = load(write(tmp_path, PROJECT), {})
    assert settings.database.get_secret_value() == "sqlite:///chatbot.db"
    assert settings.first_run == "silent"
    assert (settings.github.api_url, settings.github.web_url) == ("https://api.github.com", "https://github.com")
    assert (settings.github.poll_seconds, settings.github.settle_seconds) == (60, 30)
    assert settings.discord.api_url == "https://discord.com/api/v10"
    assert settings.discord.gateway_url == "wss://gateway.discord.gg/"
    assert settings.matrix.store_path == "matrix-store"
    assert settings.web.listen == "127.0.0.1:8080"
    assert not settings.has_discord
    assert not settings.has_matrix


def test_the_rules_are_values_of_the_core(tmp_path: Path) -> None:
    text = f"""
[discord]
token = "t"
{PROJECT}out_of_band_from = "high"
[[rooms]]
address = "discord:42"
projects = ["hello"]
events = ["security"]
min_severity = "medium"
mention = "role:7"
notes = "full"
"""
    settings = load(write(tmp_path, text), {})
    assert settings.project_rules() == (
        Project(id=ProjectId("hello"), name="hello", repository="octocat/hello-world", out_of_band_from=Severity.HIGH),
    )
    watch_filter = WatchFilter(
        events=frozenset({"security"}),
        min_severity=Severity.MEDIUM,
        mention=Mention("role", "7"),
        mention_min_severity=Severity.HIGH,
        notes="full",
    )
    assert settings.room_rules() == (
        Room(address=RoomAddress("discord:42"), projects=(ProjectId("hello"),), watch_filter=watch_filter),
    )


def test_without_a_chat_the_console_shows_everything(tmp_path: Path) -> None:
    settings = load(write(tmp_path, PROJECT), {})
    assert settings.room_rules() == (
        Room(address=RoomAddress("console"), projects=(ProjectId("hello"),), watch_filter=WatchFilter()),
    )


def test_a_console_room_of_the_operator_is_kept_as_it_is(tmp_path: Path) -> None:
    room = '[[rooms]]\naddress = "console"\nprojects = ["hello"]\nprereleases = true\n'
    (only,) = load(write(tmp_path, PROJECT + room), {}).room_rules()
    assert only.watch_filter.prereleases


def test_with_a_chat_there_is_no_console(tmp_path: Path) -> None:
    assert load(write(tmp_path, PROJECT), {"CHATBOT_DISCORD__TOKEN": "t"}).room_rules() == ()


@pytest.mark.parametrize(
    ("env", "value"),
    [
        ({"CHATBOT_FIRST_RUN": "newest"}, lambda s: s.first_run == "newest"),
        ({"chatbot_first_run": "newest"}, lambda s: s.first_run == "newest"),
        ({"CHATBOT_GITHUB__POLL_SECONDS": "5"}, lambda s: s.github.poll_seconds == 5),
        ({"CHATBOT_GITHUB__TOKEN": "x"}, lambda s: s.github.token.get_secret_value() == "x"),
        ({"CHATBOT_DISCORD__ALLOW_GUILDS": "[1, 2]"}, lambda s: s.discord.allow_guilds == (1, 2)),
        ({"CHATBOT_GITHUB": '{"poll_seconds": 7}'}, lambda s: s.github.poll_seconds == 7),
        (
            {"CHATBOT_GITHUB__POLL_SECONDS": "8", "CHATBOT_GITHUB": '{"poll_seconds": 7}'},
            lambda s: s.github.poll_seconds == 8,
        ),
        ({"CHATBOT_PROJECTS__0__NAME": "Hi"}, lambda s: s.projects[0].name == "Hi"),
        (
            {"CHATBOT_PROJECTS__1__ID": "b", "CHATBOT_PROJECTS__1__REPOSITORY": "o/b"},
            lambda s: [p.id for p in s.projects] == ["hello", "b"],
        ),
        ({"CHATBOT_PROJECTS": '[{"id": "c", "repository": "o/c"}]'}, lambda s: [p.id for p in s.projects] == ["c"]),
        ({"CHATBOT_WEB__LISTEN": ""}, lambda s: s.web.listen == ""),
        ({"CHATBOT_PORT_80_TCP": "x", "CHATBOT_SERVICE_HOST": "x"}, lambda s: s.first_run == "silent"),
        ({"PATH": "/bin", "OTHER_GITHUB__TOKEN": "x"}, lambda s: s.github.token.get_secret_value() == ""),
    ],
)
def test_the_environment_is_laid_over_the_file(tmp_path: Path, env: dict[str, str], value: object) -> None:
    settings = load(write(tmp_path, PROJECT), env)
    assert callable(value)
    assert value(settings)


def test_every_mistake_is_reported_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """databse = "x"
[github]
poll_seconds = "often"
tokn = "secret"
[[projects]]
id = "hello"
repositry = "octocat/hello-world"
[[rooms]]
address = "discord:1"
projects = ["helo"]
"""
    mistakes = mistakes_of(tmp_path, text, {"CHATBOT_GITHUB_TOKEN": "x"})
    assert [(mistake.where, mistake.fix) for mistake in mistakes] == [
        ("environment variable CHATBOT_GITHUB_TOKEN", "did you mean CHATBOT_GITHUB__TOKEN?"),
        ("config.toml:1 databse", "did you mean database?"),
        ("config.toml:3 github.poll_seconds", "write a whole number without quotes"),
        ("config.toml:4 github.tokn", "did you mean token?"),
        ("config.toml:5 projects[0].repository", "add repository here"),
        ("config.toml:7 projects[0].repositry", "did you mean repository?"),
        ("config.toml:9 rooms[0].address", "set discord.token or discord.token_file"),
        ("config.toml:10 rooms[0].projects[0]", 'did you mean "hello"?'),
    ]


MATRIX = 'homeserver = "https://m.example"\nuser_id = "@bot:m.example"\n'
ROOM = PROJECT + '[[rooms]]\nprojects = ["hello"]\n'


@pytest.mark.parametrize(
    ("text", "where", "problem"),
    [
        ("", "config.toml projects", "no project is watched"),
        ("projects = []", "config.toml:1 projects", "no project is watched"),
        ('projects = "x"', "config.toml:1 projects", "is not a list"),
        ("projects = [1]", "config.toml:1 projects[0]", "is not a table"),
        ("github = 1\n" + PROJECT, "config.toml:1 github", "is not a table"),
        ('first_run = "loud"\n' + PROJECT, "config.toml:1 first_run", "is not one of the choices"),
        ('database = "mysql://x/y"\n' + PROJECT, "config.toml:1 database", "is not a database that the bot can use"),
        ('database = "chatbot.db"\n' + PROJECT, "config.toml:1 database", "is not a database that the bot can use"),
        (
            'database = "sqlite://chatbot.db"\n' + PROJECT,
            "config.toml:1 database",
            "needs three slashes behind sqlite:",
        ),
        ('database = "sqlite:///"\n' + PROJECT, "config.toml:1 database", "does not name a file"),
        ('database = "postgresql://h"\n' + PROJECT, "config.toml:1 database", "does not name a host and a database"),
        (
            'database = "postgresql://h:x/n"\n' + PROJECT,
            "config.toml:1 database",
            "does not name a host and a database",
        ),
        (PROJECT + "[github]\npoll_seconds = 0", "config.toml:5 github.poll_seconds", "is too small"),
        (PROJECT + "[github]\nsettle_seconds = -1", "config.toml:5 github.settle_seconds", "is too small"),
        (PROJECT + "[github]\npoll_seconds = 99999", "config.toml:5 github.poll_seconds", "is too large"),
        (PROJECT + '[github]\napi_url = "x"', "config.toml:5 github.api_url", "is not an http or https URL"),
        (PROJECT + '[github]\napi_url = "ftp://x"', "config.toml:5 github.api_url", "is not an http or https URL"),
        (PROJECT + '[github]\napi_url = "http://[x"', "config.toml:5 github.api_url", "is not a URL"),
        (PROJECT + '[github]\napi_url = "http://x y"', "config.toml:5 github.api_url", "is not a URL"),
        (
            PROJECT + '[github]\napi_url = "http://u:p@x"',
            "config.toml:5 github.api_url",
            "contains a user name or a password",
        ),
        (
            PROJECT + '[discord]\ngateway_url = "https://x"',
            "config.toml:5 discord.gateway_url",
            "is not a ws or wss URL",
        ),
        (PROJECT + '[discord]\nallow_guilds = ["x"]', "config.toml:5 discord.allow_guilds[0]", "is not a whole number"),
        (PROJECT + '[web]\nlisten = "8080"', "config.toml:5 web.listen", "is not an address to listen on"),
        (PROJECT + '[web]\nlisten = "x:70000"', "config.toml:5 web.listen", "is not an address to listen on"),
        (PROJECT + 'lines = "minor"', "config.toml:4 projects[0].lines", "is not one of the choices"),
        (PROJECT + 'policy = "ftp://x/y"', "config.toml:4 projects[0].policy", "is not an http or https URL"),
        (PROJECT + 'policy = "a\\nb"', "config.toml:4 projects[0].policy", "is not a path"),
        (PROJECT + "tags = []", "config.toml:4 projects[0].tags", "is empty"),
        (PROJECT + 'tags = [""]', "config.toml:4 projects[0].tags[0]", "is not a pattern for tags"),
        (
            PROJECT + 'tags = ["!zfs-*"]',
            "config.toml:4 projects[0].tags[0]",
            "has no effect, because a glob cannot exclude",
        ),
        (
            PROJECT + 'tags = ["v*", "v*"]',
            "config.toml:4 projects[0].tags[1]",
            "has no effect beside tags[0], which matches the same tags",
        ),
        (PROJECT + 'exclude_tags = [""]', "config.toml:4 projects[0].exclude_tags[0]", "is not a pattern for tags"),
        (PROJECT + 'exclude_tags = ["v~1"]', "config.toml:4 projects[0].exclude_tags[0]", "matches no tag"),
        (PROJECT + 'exclude_tags = ["*"]', "config.toml:4 projects[0].exclude_tags[0]", "excludes every tag"),
        (
            PROJECT + 'tags = ["a-*"]\nexclude_tags = ["b-*"]',
            "config.toml:5 projects[0].exclude_tags[0]",
            "has no effect, because nothing in tags matches it",
        ),
        (PROJECT + 'public = "perhaps"', "config.toml:4 projects[0].public", "is neither true nor false"),
        (
            PROJECT + 'out_of_band_from = "huge"',
            "config.toml:4 projects[0].out_of_band_from",
            "is not one of the choices",
        ),
        (PROJECT + 'images = ["hello"]', "config.toml:4 projects[0].images[0]", "is not an image with its registry"),
        (PROJECT + 'images = ["a/b"]', "config.toml:4 projects[0].images[0]", "is not an image with its registry"),
        (PROJECT + "images = [1]", "config.toml:4 projects[0].images[0]", "is not an image with its registry"),
        (PROJECT + 'images = ["ghcr.io/A/b"]', "config.toml:4 projects[0].images[0]", "is not the name of an image"),
        (
            PROJECT + 'images = ["ghcr.io/a:{x}"]',
            "config.toml:4 projects[0].images[0]",
            "has a tag that no image can have",
        ),
        (
            PROJECT + 'images = [{ name = "ghcr.io/a", platforms = ["arm"] }]',
            "config.toml:4 projects[0].images[0]",
            "names something that is not a platform",
        ),
        (
            PROJECT + 'packages = ["hello"]',
            "config.toml:4 projects[0].packages[0]",
            "is not a package with its ecosystem",
        ),
        (PROJECT + 'maintainers = ["alice"]', "config.toml:4 projects[0].maintainers[0]", "is not a person or a role"),
        (
            PROJECT + 'maintainers_room = "matrix:!x:y"',
            "config.toml:4 projects[0].maintainers_room",
            "is on Matrix, where the bot has no account",
        ),
        (PROJECT + PROJECT, "config.toml:5 projects[1].id", "is the same as in projects[0]"),
        ('[[projects]]\nid = "a/b"\nrepository = "o/r"', "config.toml:2 projects[0].id", "is not a valid id"),
        ('[[projects]]\nid = "a"\nrepository = "r"', "config.toml:3 projects[0].repository", "is not a repository"),
        ('[[projects]]\nid = "a"\nrepository = "o/.."', "config.toml:3 projects[0].repository", "is not a repository"),
        (ROOM + 'address = "irc:x"', "config.toml:6 rooms[0].address", "is not the address of a room"),
        (ROOM + 'address = "discord:general"', "config.toml:6 rooms[0].address", "is not the address of a room"),
        (
            ROOM + 'address = "discord:1"',
            "config.toml:6 rooms[0].address",
            "is on Discord, where the bot has no account",
        ),
        (
            ROOM + 'address = "matrix:#a:b"',
            "config.toml:6 rooms[0].address",
            "is on Matrix, where the bot has no account",
        ),
        (ROOM + 'address = "console"\nevents = []', "config.toml:7 rooms[0].events", "is empty"),
        (
            ROOM + 'address = "console"\nevents = ["noise"]',
            "config.toml:7 rooms[0].events[0]",
            "is not one of the choices",
        ),
        (
            ROOM + 'address = "console"\nmin_severity = "none"',
            "config.toml:7 rooms[0].min_severity",
            "is not one of the choices",
        ),
        (
            ROOM + 'address = "console"\nmention = "@everyone"',
            "config.toml:7 rooms[0].mention",
            "is not somebody to mention",
        ),
        (
            ROOM + 'address = "console"\nbridged_with = ["console"]',
            "config.toml:7 rooms[0].bridged_with[0]",
            "is the room itself",
        ),
        (
            ROOM + 'address = "console"\nbridged_with = ["discord:5"]',
            "config.toml:7 rooms[0].bridged_with[0]",
            "is not a configured room",
        ),
        (
            ROOM + 'address = "discord:1"\nmention = "user:@a:b"\n[discord]\ntoken = "t"',
            "config.toml:7 rooms[0].mention",
            "cannot be mentioned on Discord",
        ),
        (
            ROOM + 'address = "matrix:!a:b"\nmention = "role:1"\n[matrix]\npassword = "p"\n' + MATRIX,
            "config.toml:7 rooms[0].mention",
            "cannot be mentioned on Matrix",
        ),
        (
            ROOM + 'address = "console"\n[[rooms]]\naddress = "console"\nprojects = ["hello"]',
            "config.toml:8 rooms[1].address",
            "is the same as in rooms[0]",
        ),
        (PROJECT + "[matrix]\n" + MATRIX, "config.toml:4 matrix.password", "is missing"),
        (PROJECT + '[matrix]\naccess_token = "t"\n' + MATRIX, "config.toml:4 matrix.device_id", "is missing"),
        (
            PROJECT + '[matrix]\naccess_token = "t"\npassword = "p"\ndevice_id = "D"\n' + MATRIX,
            "config.toml:5 matrix.access_token",
            "both password and access_token are set",
        ),
        (
            PROJECT + '[matrix]\npassword = "p"\ndevice_id = "D"\n' + MATRIX,
            "config.toml:6 matrix.device_id",
            "has no effect without an access_token",
        ),
        (
            PROJECT + '[matrix]\npassword = "p"\nuser_id = "@a:b"',
            "config.toml:4 matrix.homeserver",
            "is missing",
        ),
        (PROJECT + '[matrix]\nallow_invites_from = ["a b"]', "config.toml:5 matrix.allow_invites_from[0]", None),
        (PROJECT + '[matrix]\nuser_id = "bot"\n', "config.toml:5 matrix.user_id", "is not a Matrix user"),
        (PROJECT + '_env_file = "x"', "config.toml:4 projects[0]._env_file", "unknown setting"),
        ('_env_file = "x"\n' + PROJECT, "config.toml:1 _env_file", "unknown setting"),
    ],
)
def test_each_mistake_has_its_place(tmp_path: Path, text: str, where: str, problem: str | None) -> None:
    mistakes = mistakes_of(tmp_path, text)
    assert where in [mistake.where for mistake in mistakes]
    assert problem is None or problem in [mistake.problem for mistake in mistakes if mistake.where == where]
    assert all(mistake.fix for mistake in mistakes)


@pytest.mark.parametrize(
    "text",
    [
        ROOM + 'address = "matrix:!opaque:server.example:8448"\n[matrix]\npassword = "p"\n' + MATRIX,
        ROOM + 'address = "matrix:!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"\n[matrix]\npassword = "p"\n' + MATRIX,
        ROOM + 'address = "matrix:#alias:[::1]:80"\nmention = "room"\n[matrix]\npassword = "p"\n' + MATRIX,
        ROOM + 'address = "discord:1"\nmention = "user:1"\nbridged_with = ["console"]\n[discord]\ntoken = "t"\n'
        '[[rooms]]\naddress = "console"\nprojects = ["hello"]',
        PROJECT + '[matrix]\naccess_token = "t"\ndevice_id = "D"\n' + MATRIX,
        PROJECT + 'policy = "~/SECURITY.md"',
        PROJECT + 'policy = "https://example.org/SECURITY.md"',
        PROJECT + '[web]\nlisten = "[::1]:8080"\npublic_url = "http://127.0.0.1:1/"',
        PROJECT + '[github]\napi_url = "http://127.0.0.1:4321/api/v3"\nsettle_seconds = 0',
        PROJECT + 'packages = ["npm/@scope/name", "Go/example.org/x", "Maven/org.a:b"]',
        'database = "postgresql://u:p@[::1]:5432/name"\n' + PROJECT,
    ],
)
def test_what_is_right_passes(tmp_path: Path, text: str) -> None:
    load(write(tmp_path, text), {})


def test_a_matrix_account_that_logged_in_once_needs_no_password(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    text = PROJECT + f'[matrix]\nstore_path = "{tmp_path}/store"\n' + MATRIX
    assert [mistake.where for mistake in mistakes_of(tmp_path, text)] == ["config.toml:4 matrix.password"]
    (tmp_path / "store" / "session").write_text("kept")
    assert load(write(tmp_path, text), {}).has_matrix


@pytest.mark.parametrize(
    ("body", "where", "problem"),
    [
        (b"a = 1\nb = \n", "config.toml", "is not TOML: Invalid value (at line 2, column 5)"),
        (b"\xff\xfe", "config.toml", "is not UTF-8"),
        (b"x" * (1024 * 1024 + 1), "config.toml", "is larger than 1 MiB"),
        (b"a = " + b"[" * 100_000, "config.toml", "is not TOML: it is nested too deeply"),
    ],
)
def test_a_file_that_is_no_configuration_is_one_mistake(tmp_path: Path, body: bytes, where: str, problem: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(body)
    with pytest.raises(Mistakes) as caught:
        load(path, {})
    (mistake,) = caught.value.mistakes
    assert (mistake.where, mistake.problem) == (str(tmp_path / where), problem)


def test_a_missing_file_names_the_fix(tmp_path: Path) -> None:
    with pytest.raises(
        Mistakes,
        match=r"does not exist; make it with chatbot init, .* --config, .* CHATBOT_CONFIG, .* config\.toml in this folder",
    ):
        load(tmp_path / "config.toml", {})
    with pytest.raises(Mistakes, match=r"cannot be read"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("at", "address", '"console"'),
        ("hears", "events", '["security"]'),
        ("mention_from", "mention_min_severity", '"critical"'),
    ],
)
def test_an_old_name_of_a_setting_names_the_new_one(tmp_path: Path, old: str, new: str, value: str) -> None:
    room = {"address": '"console"', "projects": '["hello"]'}
    room = {key: text for key, text in room.items() if key != new} | {old: value}
    table = "[[rooms]]\n" + "".join(f"{key} = {text}\n" for key, text in room.items())
    (mistake, *_) = mistakes_of(
        tmp_path, PROJECT + table, {}
    )  # a mention's threshold alone is one more: it changes nothing
    line = (PROJECT + table).splitlines().index(f"{old} = {value}") + 1
    assert (mistake.where, mistake.problem) == (f"config.toml:{line} rooms[0].{old}", f"is now `{new}`")


def test_an_old_name_of_a_setting_in_the_environment_names_the_new_one(tmp_path: Path) -> None:
    env = {"CHATBOT_ROOMS__0__AT": "console", "CHATBOT_ROOMS__0__PROJECTS": '["hello"]'}
    mistakes = {mistake.where: (mistake.problem, mistake.fix) for mistake in mistakes_of(tmp_path, PROJECT, env)}
    where = "environment variable CHATBOT_ROOMS__0__AT"
    assert mistakes[where] == ("is now `address`", "rename it to CHATBOT_ROOMS__0__ADDRESS")


@pytest.mark.parametrize(
    ("env", "fix"),
    [
        ({"CHATBOT_GITHUB__TOKN": "x"}, "did you mean CHATBOT_GITHUB__TOKEN?"),
        ({"CHATBOT_DATABSE": "x"}, "did you mean CHATBOT_DATABASE?"),
        ({"CHATBOT_ZZZZ": "x"}, "unset it, or see docs/reference/configuration.md"),
        ({"CHATBOT_": "x"}, "unset it, or see docs/reference/configuration.md"),
        ({"CHATBOT_DISCORD__ALLOW_GUILDS": "1,2"}, "write it like [1234567890, 2345678901]"),
        ({"CHATBOT_DISCORD__ALLOW_GUILDS": "[" * 100_000}, "write it like [1234567890, 2345678901]"),
        ({"CHATBOT_ROOMS__0__EVENTS": "policy"}, 'write it like ["releases", "security"]'),
        ({"CHATBOT_PROJECTS__0__TAGS": "v*"}, 'write it like ["one", "two"]'),
        ({"CHATBOT_GITHUB": "[]"}, 'write it like {"key": "value"}'),
        ({"CHATBOT_ROOMS__3__ADDRESS": "console"}, "number them from 0 without a gap, as in the configuration file"),
        ({"CHATBOT_PROJECTS__X__ID": "a"}, "unset it, or see docs/reference/configuration.md"),
        ({"CHATBOT_PROJECTS__0__TAGS__3": "a"}, "number them from 0 without a gap, as in the configuration file"),
    ],
)
def test_a_variable_that_sets_nothing_is_a_mistake(tmp_path: Path, env: dict[str, str], fix: str) -> None:
    (mistake,) = mistakes_of(tmp_path, PROJECT, env)
    (variable,) = env
    assert (mistake.where, mistake.fix) == (f"environment variable {variable}", fix)


def test_a_mistake_in_a_variable_names_the_variable(tmp_path: Path) -> None:
    env = {"CHATBOT_GITHUB__POLL_SECONDS": "often", "CHATBOT_ROOMS": '[{"address": "nowhere", "projects": ["hello"]}]'}
    text = PROJECT + '[github]\npoll_seconds = 5\n[[rooms]]\naddress = "console"\nprojects = ["hello"]\n'
    assert {mistake.where for mistake in mistakes_of(tmp_path, text, env)} == {
        "environment variable CHATBOT_GITHUB__POLL_SECONDS",
        "environment variable CHATBOT_ROOMS rooms[0].address",
    }


EXAMPLE = (Path(__file__).parents[3] / "config.example.toml").read_text(encoding="utf-8")


def test_the_example_as_it_is_lacks_a_project_and_nothing_else(tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, EXAMPLE)
    assert (mistake.where, mistake.problem) == ("config.toml projects", "no project is watched")


def test_the_example_with_its_tables_is_right(tmp_path: Path) -> None:
    settings = load(write(tmp_path, re.sub(r"(?m)^#(?! |$)", "", EXAMPLE)), {})
    assert [project.repository for project in settings.projects] == ["octocat/hello-world"]


def test_the_shown_database_has_no_password(tmp_path: Path) -> None:
    text = 'database = "postgresql://user:canary@db.example:5/name?password=canary"\n' + PROJECT
    assert load(write(tmp_path, text), {}).database_shown == "postgresql://db.example/name"
    assert load(write(tmp_path, PROJECT), {}).database_shown == "sqlite:///chatbot.db"


def test_what_has_no_effect_yet_is_named_where_it_was_set(tmp_path: Path) -> None:
    text = (
        PROJECT
        + 'images = ["ghcr.io/a/b:v{version}", { name = "ghcr.io/a/c", platforms = ["linux/arm64"] }]\n'
        + 'cra = "steward"\n[[rooms]]\naddress = "console"\nprojects = ["hello"]\nline_roles = true\n'
    )
    settings = load(write(tmp_path, text), {})
    assert settings.project_rules()[0].images == (
        parse_image("ghcr.io/a/b:v{version}"),
        parse_image("ghcr.io/a/c", ("linux/arm64",)),
    )
    assert without_effect(settings) == ["projects.cra"]


def test_a_rooms_digest_is_its_hour_in_its_time_zone(tmp_path: Path) -> None:
    here = '[[rooms]]\naddress = "console"\nprojects = ["hello"]\n'
    text = PROJECT + here + 'digest = "weekly"\ndigest_at = "17:30"\ntimezone = "Europe/Berlin"\n'
    (room,) = load(write(tmp_path, text), {}).room_rules()
    weekly = DigestSchedule(every="weekly", at=time(17, 30), zone=ZoneInfo("Europe/Berlin"))
    assert room.watch_filter.digest == weekly
    (again,) = load(write(tmp_path, text), {}).room_rules()
    assert again == room, "a reload that changes nothing changes no room"
    (plain,) = load(write(tmp_path, PROJECT + here + 'digest = "daily"\n'), {}).room_rules()
    assert plain.watch_filter.digest == DigestSchedule(every="daily", at=time(9), zone=UTC)
    (off,) = load(write(tmp_path, PROJECT + here + 'digest_at = "17:30"\n'), {}).room_rules()
    assert off.watch_filter.digest is None


def test_without_them_nothing_is_named(tmp_path: Path) -> None:
    assert without_effect(load(write(tmp_path, PROJECT), {})) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('timezone = "Mars/Olympus"', "is not a time zone"),
        ('digest_at = "25:00"', "is not a time of day"),
        ('digest = "hourly"', "is not one of the choices"),
    ],
)
def test_what_has_no_effect_yet_is_checked_all_the_same(tmp_path: Path, line: str, problem: str) -> None:
    (mistake,) = mistakes_of(tmp_path, ROOM + f'address = "console"\n{line}\n')
    assert mistake.problem == problem


@pytest.mark.parametrize("value", ['"two hours"', '"0h"', '""'])
def test_a_duration_has_a_unit(tmp_path: Path, value: str) -> None:
    (mistake,) = mistakes_of(tmp_path, PROJECT + f"wait_for_images = {value}\n")
    assert mistake.problem == "is not a duration"


def test_the_documentation_and_the_example_say_so() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "configuration.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z_.]+)` \|[^|]*\| \*\*\(later\)", page, re.MULTILINE)) == NO_EFFECT
