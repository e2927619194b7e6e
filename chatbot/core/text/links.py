"""Whether an address may be linked, and whether the words of a link look like another one: then readers see where it leads."""

import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from chatbot.core.text.visible import visible

_SCHEMES = ("https:", "http:", "ftp:", "hxxps:", "hxxp:")
_ALSO = str.maketrans(
    dict.fromkeys("\u2044\u2215\u29f8\u2571", "/")
    | dict.fromkeys("\u2236\ua789\u02d0", ":")
    | {"\u3002": ".", "\u00b7": ".", "\\": None}
)
_LONGEST = 2_000  # characters of a label; one character may become eighteen where its form is made plain
_AROUND = "()[]{}<>\"'`*_~|!?,;:.\u2018\u2019\u201c\u201d\u00ab\u00bb"
_CUT = ("\u2026", "...")
# Endings of files that are no ending of an address worth the name: `README.md` leads wherever it leads.
# fmt: off
_FILES = frozenset({
    "c", "cfg", "conf", "cpp", "css", "csv", "go", "gz", "h", "html", "ini", "java", "js", "json", "lock", "log", "md", "patch",
    "php", "pl", "py", "rb", "rs", "rst", "service", "sh", "so", "sql", "tar", "toml", "ts", "txt", "xml", "yaml", "yml", "zip",
})
# fmt: on


def looks_like_another_address(label: str, url: str) -> bool:
    """Whether a reader would take the label for an address that is not (a beginning of) `url`. One that nobody reads to its
    end counts as such: what stands in it is not looked for."""
    if len(label) > _LONGEST:
        return True
    target = _bare(_plain(url))
    return any(not _is_beginning(address, target) for address in _addresses(label))


def _addresses(label: str) -> Iterator[str]:
    """The words of a label that read like an address, without their scheme."""
    words = " ".join(_plain(label).split())
    for joined in (" :", ": ", " /", "/ "):
        if "/" in joined or ":" in joined:
            words = words.replace(f"{joined[0]}{joined[1]}", joined.strip()) if "//" in words else words
    for word in words.split():
        bare = word.strip(_AROUND) if not word.endswith(_CUT) else word.lstrip(_AROUND)
        if _is_address(_uncut(bare)):
            yield _bare(bare)


def _plain(text: str) -> str:
    """The text as the eye reads it: no invisible characters, one form for each letter, plain dots, colons and slashes."""
    visible_text = "".join(character for character in text if unicodedata.category(character) not in ("Cf", "Cc", "Mn"))
    return unicodedata.normalize("NFKC", visible_text).translate(_ALSO).casefold()


def _is_address(word: str) -> bool:
    with_scheme = word.startswith(_SCHEMES)
    rest = _bare(word)
    host = rest.partition("/")[0]
    host, path = host.partition(":")[0], rest[len(host) :]
    if with_scheme or word.startswith("//"):
        return bool(host)
    parts = host.split(".")
    if len(parts) < 2 or not all(parts) or not _is_name(parts):
        return False
    is_version = parts[0].removeprefix("v").isdigit() and parts[1][:1].isdigit()
    return not is_version and (bool(path) or word.startswith("www.") or parts[-1] not in _FILES)


def _is_name(parts: list[str]) -> bool:
    last = parts[-1]
    names = all(all(character.isalnum() or character == "-" for character in part) for part in parts)
    return names and len(last) >= 2 and last[0].isalpha()


def _bare(address: str) -> str:
    """The address without scheme, user, `www.`, and the marks that change nothing."""
    for scheme in _SCHEMES:
        address = address.removeprefix(scheme)
    address = address.lstrip("/")
    host, slash, rest = address.partition("/")
    host = host.rpartition("@")[2].removeprefix("www.")
    for mark in "?#":
        if not slash and mark in host:
            host, _, rest = host.partition(mark)
            slash, rest = "/", mark + rest
    return unquote(f"{host}{slash}{rest}").rstrip("/")


def _uncut(word: str) -> str:
    return word.rstrip(".\u2026")


def _is_beginning(address: str, target: str) -> bool:
    whole = _uncut(address)
    if address.endswith(_CUT) and "/" in whole:
        return target.startswith(whole)
    address = whole
    return target == address or (target.startswith(address) and target[len(address)] in "/?#")


def host_of(url: str) -> str:
    """The host of a web address with its port, in lower case; "" where it has none."""
    rest = url.partition("://")[2]
    for mark in "/?#\\":
        rest = rest.partition(mark)[0]
    return rest.rpartition("@")[2].casefold().rstrip(".")


def same_host(one: str, other: str) -> bool:
    """Whether two web addresses are on one host, letter by letter: `evilgithub.com` is not `github.com`."""
    return host_of(one) == host_of(other) != ""


def safe_url(url: str) -> str:
    """Return `url` if it may be linked, else an empty string: http or https, a host, no blanks, nothing invisible."""
    if len(url) > 2000 or any(character.isspace() or character in '<>"' for character in url):
        return ""
    if visible(url, lines=False) != url:
        return ""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return ""
    host = rest.split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]
    return url if host and "@" not in host and "\\" not in host else ""
