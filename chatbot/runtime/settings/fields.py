"""The forms of single settings: what a repository, an address, a mention or a URL looks like, and the fix when it does not."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, PlainValidator, SecretStr
from pydantic_core import PydanticCustomError

from chatbot.chats import PROFILES
from chatbot.chats.matrix.profile import SERVER, USER
from chatbot.core.images.reference import ImageError, is_platform, parse_image
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.images import ImageTemplate
from chatbot.core.text import patterns
from chatbot.runtime.settings import tag_globs

SHORTEST_WATCHDOG = 10  # seconds
_ROOM = patterns.compile("|".join(profile.room_address for profile in PROFILES))
_WATCH = patterns.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]|\*?")
_MENTIONS = {profile.name: patterns.compile(profile.mention) for profile in PROFILES}
_MENTION_EXAMPLES = [example for profile in PROFILES for example in profile.mention_examples]
# Of those chats that say how to write one: the others show any.
_MENTION = patterns.compile("|".join(profile.mention for profile in PROFILES if profile.mention_examples))
_WITH_REGISTRY = patterns.compile(r"(?:[^/]*[.:][^/]*|localhost)/.")


def _either(examples: Iterable[str]) -> str:
    """Examples in quotes: "one", "two" or "three"."""
    *first, last = [f'"{example}"' for example in examples]
    return f"{', '.join(first)} or {last}"


def mistake(problem: str, fix: str) -> PydanticCustomError:
    """A mistake in our words. It never repeats the value: a secret may stand where none belongs."""
    return PydanticCustomError("setting", "{problem}; {fix}", {"problem": problem, "fix": fix})


def _shaped(shape: patterns.Pattern, problem: str, fix: str, *, empty: bool = False) -> AfterValidator:
    """A check that the whole text has this shape; `empty` lets the empty text pass."""

    def check(text: str) -> str:
        if (empty and not text) or shape.fullmatch(text):
            return text
        raise mistake(problem, fix)

    return AfterValidator(check)


def _url(schemes: tuple[str, ...], fix: str, *, empty: bool = False, bare: bool = True) -> AfterValidator:
    """A check of an address on the net; `bare` takes a trailing slash away."""

    def check(text: str) -> str:
        if empty and not text:
            return text
        if problem := _url_problem(text, schemes):
            raise mistake(problem, fix)
        return text.rstrip("/") if bare else text

    return AfterValidator(check)


def _url_problem(text: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    if len(text) > 2000 or any(character.isspace() or not character.isprintable() for character in text):
        return "is not a URL"
    if parts.scheme not in schemes or not host or port == 0:
        return f"is not {'a' if schemes[0][0] == 'w' else 'an'} {' or '.join(schemes)} URL"
    if "@" in parts.netloc:
        return "contains a user name or a password"
    return "has a part after #, which no server gets to see" if parts.fragment else ""


def _policy_place(text: str) -> str:
    """A path in the repository, a URL, or a local file, which begins with `/`, `./`, `../` or `~`."""
    fix = 'write "docs/SECURITY.md" in the repository, "https://…", or a local file as "./SECURITY.md"'
    if "://" in text and (problem := _url_problem(text, ("http", "https"))):
        raise mistake(problem, fix)
    if not text.isprintable() or len(text) > 2000:
        raise mistake("is not a path", fix)
    return text


def _tag_glob(text: str) -> str:
    if problem := tag_globs.problem_of(text):
        raise mistake(*problem)
    return text


def _listen(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if text and not (colon and _WATCH.fullmatch(host) and _is_port(port)):
        raise mistake("is not an address to listen on", 'write "127.0.0.1:8080", or "" to switch the web pages off')
    return text


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and int(text) < 65536


def _database(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    fix = 'write "sqlite:///chatbot.db" or "postgresql://user@host/name"'
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("sqlite", "postgresql"):
        raise mistake("is not a database that the bot can use", fix)
    if scheme == "sqlite" and len(rest) < 2:
        raise mistake("does not name a file", fix)
    if scheme == "sqlite" and not rest.startswith("/"):
        raise mistake("needs three slashes behind sqlite:", fix)
    if scheme == "postgresql" and not _names_a_database(text):
        raise mistake("does not name a host and a database", fix)
    return secret


def _names_a_database(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.port != 0 and len(parts.path) > 1
    except ValueError:
        return False


def mention_problem(mention: str, address: str) -> tuple[str, str] | None:
    """Why this mention means nothing in the room at `address`, and what would; None where it is right."""
    for profile in PROFILES:
        if mention and profile.name == RoomAddress(address).chat and not _MENTIONS[profile.name].fullmatch(mention):
            fix = f"write {_either((*profile.mention_examples, 'room'))}" if profile.mention_examples else "remove it"
            return f"cannot be mentioned on {profile.title}", fix
    return None


def _watchdog(seconds: int) -> int:
    if 0 < seconds < SHORTEST_WATCHDOG:
        raise mistake(
            "is too short for a busy machine", f"write at least {SHORTEST_WATCHDOG}, in seconds, or 0 to switch it off"
        )
    return seconds


_IMAGE_FIX = (
    'write it with its registry, such as "ghcr.io/octocat/hello-world" or "ghcr.io/octocat/hello-world:v{version}"'
)


def _image(value: Any) -> ImageTemplate:
    """An image: its name, or a table `{ name = "…", platforms = […] }`."""
    if isinstance(value, ImageTemplate):
        return value
    table = value if isinstance(value, dict) else {"name": value}
    name, platforms = table.get("name"), table.get("platforms", [])
    if table.keys() - {"name", "platforms"} or not isinstance(name, str) or not isinstance(platforms, list):
        raise mistake("is not an image with its registry", _IMAGE_FIX)
    if not all(isinstance(each, str) and is_platform(each) for each in platforms):
        raise mistake("names something that is not a platform", 'write platforms like "linux/amd64" or "linux/arm/v7"')
    if not _WITH_REGISTRY.match(name):
        raise mistake("is not an image with its registry", _IMAGE_FIX)
    try:
        return parse_image(name, tuple(platforms))
    except ImageError as wrong:
        raise mistake(str(wrong), _IMAGE_FIX) from wrong


def duration(text: str) -> timedelta:
    """What `30m`, `2h` or `1d` mean."""
    return int(text[:-1]) * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[text[-1]]


def _timezone(name: str) -> str:
    if name != "UTC" and name not in available_timezones():  # a small container may have no others
        raise mistake("is not a time zone", 'write its IANA name, such as "Europe/Berlin" or "UTC"')
    return name


Database = Annotated[SecretStr, AfterValidator(_database)]  # its URL may hold a password
WatchdogSeconds = Annotated[int, Field(ge=0, le=86400), AfterValidator(_watchdog)]
ApiUrl = Annotated[str, _url(("http", "https"), 'write it like "https://api.github.com"')]
HomeserverUrl = Annotated[str, _url(("http", "https"), 'write it like "https://matrix.example.org"', empty=True)]
GatewayUrl = Annotated[str, _url(("ws", "wss"), 'write it like "wss://gateway.discord.gg/"', bare=False)]
PageUrl = Annotated[str, _url(("http", "https"), 'write it like "https://example.org/page"', empty=True, bare=False)]
PublicUrl = Annotated[str, _url(("http", "https"), 'write it like "https://bot.example.org"', empty=True)]
PolicyPlace = Annotated[str, AfterValidator(_policy_place)]
Listen = Annotated[str, AfterValidator(_listen)]
ProjectIdField = Annotated[
    str,
    _shaped(
        patterns.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
        "is not a valid id",
        "use letters, digits, dots, dashes and underscores, at most 64, beginning with a letter or digit",
    ),
]
Repository = Annotated[
    str,
    _shaped(
        patterns.compile(  # neither . nor .. is a name
            r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/"
            r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}|\.[A-Za-z0-9_-][A-Za-z0-9._-]{0,98}|\.\.[A-Za-z0-9._-]{1,98})"
        ),
        "is not a repository",
        'write owner/name as in its address, such as "octocat/hello-world"',
    ),
]
_ROOM_FIX = f"write {_either(example for profile in PROFILES for example in profile.room_examples)}"
RoomAddressField = Annotated[str, _shaped(_ROOM, "is not the address of a room", _ROOM_FIX)]
OptionalRoomAddressField = Annotated[str, _shaped(_ROOM, "is not the address of a room", _ROOM_FIX, empty=True)]
MentionForm = Annotated[
    str,
    _shaped(
        _MENTION,
        "is not somebody to mention",
        f"write {_either((*_MENTION_EXAMPLES, 'room'))}, or leave the key out to mention nobody",
        empty=True,
    ),
]
Maintainer = Annotated[
    str,
    _shaped(
        patterns.compile("|".join(profile.person_address for profile in PROFILES if profile.person_address)),
        "is not a person or a role",
        f"write {_either(example for profile in PROFILES for example in profile.person_examples)}",
    ),
]
MatrixUser = Annotated[
    str,
    _shaped(patterns.compile(USER), "is not a Matrix user", 'write it like "@bot:example.org"', empty=True),
]
Inviter = Annotated[
    str,
    _shaped(
        patterns.compile(rf"{USER}|{SERVER}"),
        "is neither a server nor a user",
        'write a server such as "example.org" or a user such as "@alice:example.org"',
    ),
]
Image = Annotated[ImageTemplate, PlainValidator(_image)]
Duration = Annotated[
    str,
    _shaped(
        patterns.compile(r"[1-9][0-9]{0,3}[mhd]"),
        "is not a duration",
        'write minutes, hours or days: "30m", "2h", "1d"',
    ),
]
EndOfLifeProduct = Annotated[
    str,
    _shaped(
        patterns.compile(r"[a-z0-9][a-z0-9.+_-]{0,63}"),
        "is not a product of endoflife.date",
        'write the last part of its address there, such as "postgresql"',
        empty=True,
    ),
]
TimeOfDay = Annotated[
    str, _shaped(patterns.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"), "is not a time of day", 'write it like "09:00"')
]
Timezone = Annotated[str, AfterValidator(_timezone)]
Package = Annotated[
    str,
    _shaped(
        patterns.compile(r"[A-Za-z][A-Za-z0-9. _:-]*/[^\s]{1,214}"),
        "is not a package with its ecosystem",
        'write the ecosystem as OSV names it, a slash and the package, such as "crates.io/hello-world"',
    ),
]
TagGlob = Annotated[
    str,
    _shaped(patterns.compile(r"[^\s]{1,128}"), "is not a pattern for tags", 'write a glob such as "*" or "server-v*"'),
    AfterValidator(_tag_glob),
]
