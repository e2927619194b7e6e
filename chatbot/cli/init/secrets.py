"""The secrets of a setup: each stands in a file of its own, typed unseen or put there later; none is ever shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chatbot.chats import profile_named
from chatbot.chats.discord.access.link import application_of
from chatbot.cli.init.answers import Answers
from chatbot.cli.init.questions import Question, path_problem
from chatbot.runtime.settings import secret_files
from chatbot.runtime.settings.environment import DELIMITER, PREFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One secret that an account needs, or is better off with.

    table, key: the setting
    option: which names its file, without dashes
    usual: the file's name where none is given
    words: what it is, and where it comes from
    is_needed: the account is none without it
    """

    table: str
    key: str
    option: str
    usual: str
    words: str
    is_needed: bool = True

    @property
    def needs(self) -> str:
        """What a setup has that has a use for it."""
        return f"a room on {profile_named(self.table).title}" if self.is_needed else ""

    @property
    def variable(self) -> str:
        return f"{PREFIX}{self.table}{DELIMITER}{self.key}".upper()

    def applies(self, answers: Answers) -> bool:
        return self.table in answers.chats if self.is_needed else True

    def file(self, answers: Answers, config: Path) -> Path:
        """Where it stands: beside the configuration, where nothing else is said."""
        if path := answers.one(self.option):
            return Path(path)
        folder = config.parent
        return Path(self.usual) if folder == Path() else folder.resolve() / self.usual


DISCORD = Secret(
    table="discord",
    key="token",
    option="discord-token-file",
    usual="discord-token",
    words="The bot's token on Discord, from the page Bot of https://discord.com/developers/applications",
)
MATRIX = Secret(
    table="matrix",
    key="password",
    option="password-file",
    usual="matrix-password",
    words="The password of the bot's account on Matrix",
)
GITHUB = Secret(
    table="github",
    key="token",
    option="github-token-file",
    usual="github-token",
    words="A token of GitHub, which needs no permissions: 5,000 requests an hour instead of 60",
    is_needed=False,
)
SECRETS = (DISCORD, MATRIX, GITHUB)


def problem_of(text: str) -> str:
    """Why a typed secret is none; it is not repeated."""
    if not text.isprintable():
        return "holds what cannot be printed; paste the secret alone"
    return "is too long for a secret; paste the secret alone" if len(text) > secret_files.LONGEST else ""


def application_in(entries: Mapping[Secret, str], file: Path | None, env: Mapping[str, str]) -> str:
    """The id of the Discord application, as far as a token tells it: one that was typed, set or saved before."""
    for token in (entries.get(DISCORD, ""), env.get(DISCORD.variable, ""), _saved(file)):
        if application := application_of(token.strip()):
            return application
    return ""


def _saved(file: Path | None) -> str:
    try:
        return secret_files.read(file) if file else ""
    except secret_files.UnreadableSecretError:
        return ""


# Where they stand may be said by options; what is typed at a terminal goes to their usual places.
PLACES = tuple(
    Question(name=each.option, judge=path_problem, applies=each.applies, needs=each.needs) for each in SECRETS
)
