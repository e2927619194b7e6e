"""The configuration that `chatbot init` writes: what this setup needs, each key with one line that says why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatbot.cli.init.answers import Answers
from chatbot.cli.init.questions import GITHUB, rooms_on, rooms_that_can
from chatbot.cli.init.toml_text import value_of
from chatbot.core.model.ids import RoomAddress

_PAGE = "docs/reference/configuration.md"
_HEAD = f"""\
# The configuration of chatbot, made by `chatbot init`. After a change, `chatbot check` finds the mistakes in it.
# Relative paths are seen from the folder in which the bot is started. {_PAGE} explains every key.
"""
_MORE = f"""\
# What else there is ({_PAGE}; config.example.toml shows every key with its default):
#   database                         PostgreSQL in the place of the file chatbot.db
#   [github] token_file              5,000 requests an hour instead of 60, so that news is noticed earlier
#   [health] deadman_url             a monitor that tells you when the bot is down
#   [watching] repositories          rooms choose by command what they watch
#   [[projects]] policy, images, packages, announce
#                                    where the security policy is; images that belong to a release; approval of announcements
#   [[rooms]] events, prereleases, min_severity, mention, notes, digest
#                                    what a room is shown, who is pinged, and whether routine news comes once a day
"""


@dataclass(frozen=True, slots=True)
class _Key:
    """A key, its value, and one line about it."""

    name: str
    value: str | bool | Sequence[str]
    why: str = ""


def document(answers: Answers, files: Mapping[str, str]) -> str:
    """TOML for these answers. `files`: by table, where the table's secret stands."""
    parts = [_HEAD, "\n".join(_lines(_first_run(answers)))]
    for title, keys in _tables(answers, files):
        parts.append("\n".join([title, *_lines(keys)]))
    return "\n\n".join(part.strip("\n") for part in [*parts, _MORE]) + "\n"


def _lines(keys: Sequence[_Key]) -> Iterator[str]:
    for key in keys:
        if key.why:
            yield f"# {key.why}"
        yield f"{key.name} = {value_of(key.value)}"


def _first_run(answers: Answers) -> list[_Key]:
    if answers.one("first-run") == "newest":
        why = 'Once, in each room, the newest release is shown, so that you see that it works; "silent" shows none.'
    else:
        why = 'What is out before the first start is not announced; "newest" shows the newest release once.'
    return [_Key("first_run", answers.one("first-run"), why)]


def _tables(answers: Answers, files: Mapping[str, str]) -> Iterator[tuple[str, list[_Key]]]:
    if github := _github(answers, files):
        yield "[github]", github
    if "discord" in answers.chats:
        why = "The file that holds the bot's token and nothing else; the variable CHATBOT_DISCORD__TOKEN wins over it."
        yield "[discord]", [_Key("token_file", files["discord"], why)]
    if "matrix" in answers.chats:
        yield "[matrix]", _matrix(answers, files)
    yield "[[projects]]", _project(answers)
    for room in answers.all("room"):
        yield "[[rooms]]", _room(RoomAddress(room), answers)


def _github(answers: Answers, files: Mapping[str, str]) -> list[_Key]:
    keys = []
    web_url = answers.one("github-url").rstrip("/")
    if web_url and web_url != GITHUB:
        keys = [_Key("api_url", f"{web_url}/api/v3", "GitHub Enterprise."), _Key("web_url", web_url)]
    if "github" in files:
        why = "The file that holds a token without permissions: 5,000 requests an hour instead of 60."
        keys.append(_Key("token_file", files["github"], why))
    return keys


def _matrix(answers: Answers, files: Mapping[str, str]) -> list[_Key]:
    why = "The file that holds the password and nothing else. It is used once: a login of its own is kept in matrix-store."
    invites = "Whose invitations the bot accepts: people, or whole servers. All others are rejected."
    return [
        _Key("homeserver", answers.one("homeserver"), "Where the bot's account is."),
        _Key("user_id", answers.one("user-id")),
        _Key("password_file", files["matrix"], why),
        _Key("allow_invites_from", answers.all("allow-invites-from"), invites),
    ]


def _project(answers: Answers) -> list[_Key]:
    keys = [
        _Key("id", answers.one("id"), "A short name for commands. It stays: what was posted is remembered under it."),
        _Key("name", answers.one("name"), "What people call it."),
        _Key("repository", answers.one("repository"), "Whose releases, advisories and security policy are watched."),
    ]
    if maintainers := answers.all("maintainer"):
        keys.append(_Key("maintainers", maintainers, "Who may hold, correct and retract announcements."))
    if room := answers.one("maintainers-room"):
        keys.append(_Key("maintainers_room", room, "Where the bot tells them what needs a person."))
    return keys


def _room(address: RoomAddress, answers: Answers) -> list[_Key]:
    keys = [
        _Key("address", str(address), "Where it announces."),
        _Key("projects", (answers.one("id"),)),
    ]
    mention = answers.one("mention")
    if mention and address in rooms_that_can(mention, answers):
        keys.append(_Key("mention", mention, "Who is pinged for advisories of high and critical severity."))
    if answers.has("line-roles") and address in rooms_on("discord", answers):
        why = (
            "A role for each supported line, which members take, and which security news pings if the line is affected."
        )
        keys.append(_Key("line_roles", True, why))
    return keys
