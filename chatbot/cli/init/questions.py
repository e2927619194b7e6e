"""What `chatbot init` asks, in this order: each question is an option too, and each answer is judged by its setting's rules."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from chatbot.cli.init import pasted
from chatbot.cli.init.answers import Answers
from chatbot.core.model.ids import RoomAddress
from chatbot.runtime.settings.fields import mention_problem
from chatbot.runtime.settings.single import problem_of

GITHUB = "https://github.com"
_CHANNEL, _ROOM = "a Discord channel", "a Matrix room"

Understand = Callable[[str, Answers], str]
Judge = Callable[[str, Answers], str]


def _setting(table: str, key: str, *, in_list: bool = False) -> Judge:
    """Judged by the rules of this setting."""
    return lambda text, _: problem_of(table, key, [text] if in_list else text)


def _as_typed(text: str, _: Answers) -> str:
    return text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that a setup may need to know.

    name: of the option, without its dashes
    words: the question; empty for what only an option says
    judge: what is wrong with an answer, and how to fix it; empty where it is right
    understand: the answer in the setting's form
    default: what follows from the answers before; empty where nothing does
    applies: whether this setup has a use for it; what is given all the same is a mistake
    needs: what a setup has that has a use for it
    asks: whether it is worth a question, where there is one
    is_needed: there is no setup without an answer
    takes_several: any number of answers, on a terminal with blanks between them
    """

    name: str
    judge: Judge
    words: str = ""
    understand: Understand = _as_typed
    default: Callable[[Answers], str] = lambda _: ""
    applies: Callable[[Answers], bool] = lambda _: True
    needs: str = ""
    asks: Callable[[Answers], bool] = lambda _: True
    is_needed: bool = False
    takes_several: bool = False

    @property
    def option(self) -> str:
        return f"--{self.name}"


def _repository(text: str, answers: Answers) -> str:
    return pasted.repository_of(text, answers.one("github-url") or GITHUB)


def _repository_problem(text: str, answers: Answers) -> str:
    if "://" in text or text.startswith("git@"):
        host = urlsplit(answers.one("github-url") or GITHUB).netloc
        return f"is not on {host}; for GitHub Enterprise give its address with --github-url"
    return problem_of("projects", "repository", text)


def _printable(text: str, _: Answers) -> str:
    if not text.isprintable() or not text.strip():
        return "is not a text on one line; leave out what cannot be printed"
    return "is too long; write at most 100 characters" if len(text) > 100 else ""


def path_problem(text: str, _: Answers) -> str:
    return "" if text.isprintable() and text.strip() else "is not the name of a file; write its path"


def _application(text: str, _: Answers) -> str:
    is_id = text.isascii() and text.isdigit() and 15 <= len(text) <= 20
    return "" if is_id else "is not an application's id; copy it from the page General Information"


def _mention_problem(text: str, answers: Answers) -> str:
    problems = [mention_problem(text, room) for room in answers.all("room")]
    if problems and None not in problems:
        return "; ".join(problems[0] or ())
    return problem_of("rooms", "mention", text)


def _title(answers: Answers) -> str:
    """What people probably call it: `hello-world` is Hello World, and a name with capitals stays as it is."""
    name = answers.one("repository").rpartition("/")[2].strip(".")
    if name != name.lower():
        return name
    return " ".join(word[:1].upper() + word[1:] for word in name.replace("_", "-").split("-") if word)


def _id(answers: Answers) -> str:
    name = answers.one("repository").rpartition("/")[2].lower().lstrip("._-")[:64]
    return name or "project"


def _homeserver(answers: Answers) -> str:
    server = answers.one("user-id").partition(":")[2]
    return f"https://{server}" if server else ""


def _on(chat: str) -> Callable[[Answers], bool]:
    return lambda answers: chat in answers.chats


def _switch(name: str, applies: Callable[[Answers], bool], needs: str) -> Question:
    """What is there or not: an option without a value."""
    return Question(name=name, judge=lambda *_: "", applies=applies, needs=needs)


def _announces_on_discord(answers: Answers) -> bool:
    return bool(rooms_on("discord", answers))


QUESTIONS: tuple[Question, ...] = (
    Question(name="github-url", judge=_setting("github", "web_url"), default=lambda _: GITHUB),
    Question(
        name="repository",
        words="Repository on GitHub (owner/name, or its address)",
        understand=_repository,
        judge=_repository_problem,
        is_needed=True,
    ),
    Question(name="name", words="What people call the project", judge=_printable, default=_title),
    Question(name="id", judge=_setting("projects", "id"), default=_id),
    Question(
        name="room",
        words="Where to announce: a Discord channel's id or link, a Matrix room's alias, id or link, or console for this "
        "terminal (several with blanks between them)",
        understand=lambda text, _: pasted.room_of(text),
        judge=_setting("rooms", "address"),
        is_needed=True,
        takes_several=True,
    ),
    Question(
        name="maintainer",
        words="Maintainers, who may hold and correct announcements, such as discord:user:ID, discord:role:ID or "
        "@alice:example.org (Enter: nobody)",
        understand=lambda text, _: pasted.person_of(text),
        judge=_setting("projects", "maintainers", in_list=True),
        takes_several=True,
    ),
    Question(
        name="maintainers-room",
        words="A room in which the bot tells them what needs a person (Enter: none)",
        understand=lambda text, _: pasted.room_of(text),
        judge=_setting("projects", "maintainers_room"),
        asks=lambda answers: bool(answers.all("maintainer")),
    ),
    Question(name="application-id", judge=_application, applies=_on("discord"), needs=_CHANNEL),
    Question(
        name="user-id",
        words="The bot's account on Matrix, such as @bot:example.org",
        understand=lambda text, _: pasted.matrix_user_of(text),
        judge=_setting("matrix", "user_id"),
        applies=_on("matrix"),
        needs=_ROOM,
        is_needed=True,
    ),
    Question(
        name="homeserver",
        words="The address of its homeserver",
        judge=_setting("matrix", "homeserver"),
        default=_homeserver,
        applies=_on("matrix"),
        needs=_ROOM,
    ),
    Question(
        name="allow-invites-from",
        words="Who may invite it into rooms: you, as @alice:example.org, or a whole server, as example.org (Enter: nobody)",
        understand=lambda text, _: pasted.matrix_user_of(text),
        judge=_setting("matrix", "allow_invites_from", in_list=True),
        applies=_on("matrix"),
        needs=_ROOM,
        takes_several=True,
    ),
    Question(
        name="mention",
        words="Who is pinged for advisories of high and critical severity: role:ID, user:ID, or room for everybody "
        "(Enter: nobody)",
        understand=lambda text, _: pasted.mention_of(text),
        judge=_mention_problem,
        asks=lambda answers: any(RoomAddress(room).chat != "console" for room in answers.all("room")),
    ),
    _switch("line-roles", _announces_on_discord, _CHANNEL),
    _switch(
        "events",
        lambda answers: bool(answers.all("maintainer")) and _announces_on_discord(answers),
        "a maintainer and a Discord channel",
    ),
    _switch("removals", _announces_on_discord, _CHANNEL),
    Question(
        name="first-run",
        words="At the first start: newest shows the newest release once, so that you see that it works; silent shows none",
        judge=_setting("", "first_run"),
        default=lambda _: "newest",
    ),
)


def rooms_that_can(mention: str, answers: Answers) -> frozenset[str]:
    """Of the setup's rooms, those in which this mention means something."""
    return frozenset(room for room in answers.all("room") if mention_problem(mention, room) is None)


def rooms_on(chat: str, answers: Answers) -> frozenset[str]:
    return frozenset(room for room in answers.all("room") if RoomAddress(room).chat == chat)
