"""What people paste in the place of what is asked for: an address out of the browser, a link to a channel, a bare id.

Each function gives the form that the configuration has; what it does not understand it gives back as it is, for the
setting's own rules to refuse.
"""

from urllib.parse import unquote, urlsplit

_DISCORD_HOSTS = ("discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com")
_MATRIX_KINDS = {"r": "#", "roomid": "!", "u": "@"}  # https://spec.matrix.org/latest/appendices/#matrix-uri-scheme


def repository_of(text: str, web_url: str) -> str:
    """`owner/name` out of any address below the forge's: of a page, or to clone from."""
    text = text.strip()
    host = urlsplit(web_url).netloc.lower()
    for begin in (
        f"git@{host}:",
        f"ssh://git@{host}/",
        f"https://{host}/",
        f"http://{host}/",
        f"www.{host}/",
        f"{host}/",
    ):
        bare = text.replace("://www.", "://", 1) if begin.startswith("http") else text
        if bare.lower().startswith(begin):
            path = bare[len(begin) :].split("?")[0].split("#")[0]
            return "/".join(path.strip("/").split("/")[:2]).removesuffix(".git")
    return text


def room_of(text: str) -> str:
    """A room's address out of a link, a mention, an alias or an id; bare digits are a channel's on Discord."""
    text = text.strip()
    if text.startswith("<#") and text.endswith(">"):
        text = text[2:-1]
    if text.isascii() and text.isdigit():
        return f"discord:{text}"
    if channel := _discord_channel(text):
        return f"discord:{channel}"
    name = _matrix_name(text)
    return f"matrix:{name}" if name[:1] in ("#", "!") else text


def person_of(text: str) -> str:
    """Somebody's address: a Matrix user by a link or a bare user id, a member or a role of Discord by their mention."""
    text = text.strip()
    for begin, kind in (("<@&", "role"), ("<@!", "user"), ("<@", "user")):
        if text.startswith(begin) and text.endswith(">"):
            return f"discord:{kind}:{text[len(begin) : -1]}"
    name = _matrix_name(text)
    return f"matrix:{name}" if name.startswith("@") else text


def mention_of(text: str) -> str:
    """Whom to ping, as a room's `mention` has it: a role or a person by how a chat writes them."""
    chat, colon, rest = person_of(text).partition(":")
    return (f"user:{rest}" if chat == "matrix" else rest) if colon and chat in ("discord", "matrix") else text.strip()


def matrix_user_of(text: str) -> str:
    """`@alice:example.org` out of a link to her; a server's name stays what it is."""
    return _matrix_name(text.strip()).removeprefix("matrix:")


def _discord_channel(text: str) -> str:
    """Of `https://discord.com/channels/SERVER/CHANNEL`, with a message behind it or not."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    path = parts.path.split("/")
    if parts.netloc.lower() in _DISCORD_HOSTS and len(path) >= 4 and path[1] == "channels" and path[3].isdigit():
        return path[3]
    return ""


def _matrix_name(text: str) -> str:
    """The alias, the room's or the user's id out of a link; a text that is no link stays what it is."""
    if text.startswith(("https://matrix.to/#/", "http://matrix.to/#/")):
        return unquote(text.partition("/#/")[2].split("?")[0].split("/")[0])
    kind, slash, rest = text.removeprefix("matrix:").partition("/")
    if text.startswith("matrix:") and slash and kind in _MATRIX_KINDS:
        return _MATRIX_KINDS[kind] + unquote(rest.split("?")[0].split("/")[0])
    return text
