"""The settings: one TOML file, the environment and secret files, read at once, with every mistake found at once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.watches import Project, Room, WatchFilter
from chatbot.runtime.settings import environment, errors, links, secret_files
from chatbot.runtime.settings.fields import Database
from chatbot.runtime.settings.mistakes import Mistake, Mistakes, path_words
from chatbot.runtime.settings.place import ORDER
from chatbot.runtime.settings.tables import (
    SECRETS,
    Advisories,
    Discord,
    GitHub,
    HealthTable,
    Matrix,
    ProjectTable,
    Reports,
    RoomTable,
    Watching,
    Web,
)
from chatbot.runtime.settings.toml import lines_of

LARGEST_FILE = 1024 * 1024  # bytes
Where = tuple[str | int, ...]
_SECRETS = (("", "database"), *SECRETS)


class Settings(BaseSettings):
    """Everything the operator may set; `load` makes one. Keys are documented in docs/reference/configuration.md."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    database: Database = SecretStr("sqlite:///chatbot.db")
    database_file: str = ""
    first_run: Literal["silent", "newest"] = "silent"
    github: GitHub = GitHub()
    discord: Discord = Discord()
    matrix: Matrix = Matrix()
    advisories: Advisories = Advisories()
    web: Web = Web()
    health: HealthTable = HealthTable()
    watching: Watching = Watching()
    reports: Reports = Reports()
    projects: tuple[ProjectTable, ...] = ()
    rooms: tuple[RoomTable, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - `load` is handed the environment, and knows each variable's name
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no file is read that nobody named
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - settings_secrets checks their mode
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing is taken from the process behind the caller's back."""
        return (init_settings,)

    @property
    def has_discord(self) -> bool:
        return bool(self.discord.token.get_secret_value())

    @property
    def has_matrix(self) -> bool:
        return bool(self.matrix.homeserver)

    @property
    def database_shown(self) -> str:
        """The store's URL without its password, for people."""
        url = self.database.get_secret_value()
        if url.startswith("sqlite:"):
            return url
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"

    def secrets(self) -> tuple[str, ...]:
        """Every secret in use, for those who must keep them out of what they write."""
        url = self.database.get_secret_value()
        password = "" if url.startswith("sqlite:") else urlsplit(url).password or ""
        deadman = self.health.deadman_url.partition("://")[2]  # who knows it can say in our place that all is well
        values = [password, unquote(password), deadman, deadman.partition("?")[0]]
        values += [key for address in self._addresses() for key in secret_files.keys_in(address)]
        values += [getattr(getattr(self, table), key).get_secret_value() for table, key in SECRETS]
        return tuple(secret for secret in values if secret)

    def _addresses(self) -> list[str]:
        """Every configured address that is not written to be shown: its query and fragment may hold a key."""
        github, discord, advisories = self.github, self.discord, self.advisories
        addresses = [github.api_url, github.web_url, discord.api_url, discord.gateway_url, self.matrix.homeserver]
        addresses += [advisories.endoflife_url, advisories.osv_url, advisories.kev_url, self.health.deadman_url]
        return [*addresses, *(project.policy for project in self.projects)]

    def project_rules(self) -> tuple[Project, ...]:
        """The projects, as the core knows them."""
        return tuple(project.rule() for project in self.projects)

    def room_rules(self) -> tuple[Room, ...]:
        """The rooms, as the core knows them; without Discord and Matrix the console hears everything."""
        rooms = tuple(room.rule() for room in self.rooms)
        if self.has_discord or self.has_matrix or any(room.address.chat == "console" for room in rooms):
            return rooms
        everything = tuple(ProjectId(project.id) for project in self.projects)
        return (*rooms, Room(address=RoomAddress("console"), projects=everything, watch_filter=WatchFilter()))


def load(path: Path, env: Mapping[str, str]) -> Settings:
    """Read the settings. Raises Mistakes, which carries all of them; no secret is in it."""
    text, tree = _file(path)
    values, mistakes = environment.read(env, Settings)
    tree, misplaced = environment.merged(tree, values)
    places = _Places(path, text, values)
    environment.win(tree, (where for where, _, _ in values), _SECRETS)
    delivered = secret_files.directories(env)
    broken = [*secret_files.fill(tree, _SECRETS, delivered=delivered), *links.mistakes(tree)]
    settings, errors = _settings(tree)
    all_mistakes = [*mistakes, *misplaced]
    for where, problem, fix in sorted(_each_once([*errors, *broken]), key=lambda each: places.line(each[0])):
        all_mistakes.append(Mistake(places.of(where), problem, fix))
    if settings is None or all_mistakes:
        raise Mistakes(all_mistakes)
    return settings


def github_of(env: Mapping[str, str]) -> GitHub:
    """The settings of GitHub by the environment alone, for what needs no configuration. Raises Mistakes."""
    start = f"{environment.PREFIX}GITHUB{environment.DELIMITER}"
    values, mistakes = environment.read(
        {name: value for name, value in env.items() if name.upper().startswith(start)}, Settings
    )
    tree, misplaced = environment.merged({}, values)
    environment.win(tree, (where for where, _, _ in values), SECRETS)
    places = _Places(Path("environment"), "", values)
    broken = list(secret_files.fill(tree, SECRETS, delivered=secret_files.directories(env)))
    settings, problems = _settings(tree)
    wrong = [Mistake(places.of(where), problem, fix) for where, problem, fix in _each_once([*problems, *broken])]
    if settings is None or (wrong := [*mistakes, *misplaced, *wrong]):
        raise Mistakes(wrong)
    return settings.github


def _file(path: Path) -> tuple[str, dict[str, Any]]:
    """The text and its tree. A file that cannot be read at all hides every other mistake."""
    problem, fix, text, tree = "", "", "", dict[str, Any]()
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_FILE + 1)
        if len(body) > LARGEST_FILE:
            problem, fix = "is larger than 1 MiB", "name the configuration file"
        else:
            text = body.decode("utf-8-sig").replace("\r\n", "\n")
            tree = tomllib.loads(text)
    except FileNotFoundError:
        problem, fix = "does not exist", f"make it with chatbot init, or name another: {ORDER}"
    except OSError:
        problem, fix = "cannot be read", "make it a file that the bot's user may read"
    except UnicodeDecodeError:
        problem, fix = "is not UTF-8", "save it as UTF-8"
    except tomllib.TOMLDecodeError as error:  # its words name a place and at most one character
        problem, fix = f"is not TOML: {error}", "fix that line; text belongs in quotes"
    except RecursionError:
        problem, fix = "is not TOML: it is nested too deeply", "begin from config.example.toml"
    if problem:
        raise Mistakes([Mistake(str(path), problem, fix)])
    return text, tree


def _settings(tree: dict[str, Any]) -> tuple[Settings | None, list[errors.Problem]]:
    """The settings, or what is wrong with them. Unknown tables are kept from the library: some names mean something to it."""
    tables = {key: value for key, value in tree.items() if key in Settings.model_fields}
    problems: list[Mapping[str, Any]] = [
        {"type": "extra_forbidden", "loc": (key,)} for key in tree if key not in tables
    ]
    settings = None
    try:
        settings = Settings(**tables)
    except ValidationError as error:
        # without the input: no value travels on. What is raised is raised later, so that this is not its context.
        problems += error.errors(include_input=False, include_url=False)
    return settings, list(errors.mistakes(problems, Settings))


def _each_once(problems: list[errors.Problem]) -> list[errors.Problem]:
    """The mistakes without a second one about the same place."""
    first: dict[Where, errors.Problem] = {}
    for each in problems:
        first.setdefault(each[0], each)
    return list(first.values())


class _Places:
    """Where each setting came from: its line in the file, or its environment variable."""

    def __init__(self, path: Path, text: str, problems: list[tuple[Where, Any, str]]) -> None:
        self._path = path
        self._origins: dict[Where, int | str] = dict(lines_of(text))
        for where, _, variable in problems:
            for deeper in [origin for origin in self._origins if origin[: len(where)] == where]:
                del self._origins[deeper]
            self._origins[where] = variable

    def line(self, where: Where) -> int:
        """Its line in the file; 0 where it has none."""
        origins = (self._origins.get(where[:length]) for length in range(len(where), 0, -1))
        return next((origin for origin in origins if isinstance(origin, int)), 0)

    def of(self, where: Where) -> str:
        """`config.toml:12 projects[0].repository`; what is missing has the line of its table."""
        where = tuple(part for part in where if part != "")
        for length in range(len(where), 0, -1):
            origin = self._origins.get(where[:length])
            if isinstance(origin, str):
                place = environment.place(origin)
                return place if length == len(where) else f"{place} {path_words(where)}"
            if origin is not None:
                return f"{self._path}:{origin} {path_words(where)}"
        return f"{self._path} {path_words(where)}"
