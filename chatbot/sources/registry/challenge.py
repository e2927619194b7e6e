"""What a registry's 401 asks for: where a token is given out, and for which service."""

from collections.abc import Iterator
from dataclasses import dataclass

from yarl import URL

from chatbot.core.images.reference import is_loopback
from chatbot.core.text import patterns
from chatbot.ports import SourceUnavailable

# https://datatracker.ietf.org/doc/html/rfc9110#section-11.6.1: a scheme, then its parameters
_PIECE = patterns.compile(
    r'(?P<name>[A-Za-z][A-Za-z0-9_-]*)[ \t]*=[ \t]*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s,"]+))'
    r"|(?P<scheme>[A-Za-z][A-Za-z0-9-]*)"
)
_ESCAPED = patterns.compile(r"\\(.)")
_SERVICE = patterns.compile(r"[\x21-\x7e]{1,255}", ascii_only=True)
_LONGEST_REALM = 500


@dataclass(frozen=True, slots=True)
class Challenge:
    """Where a token is asked for, and of which service; `service` may be empty."""

    realm: str
    service: str


def read_challenge(header: str) -> Challenge | None:
    """The challenge of `WWW-Authenticate` that an anonymous caller can meet; None where it has none (it asks for a password).
    Its scope is not read: some registries name a placeholder there."""
    scheme, values = "", dict[str, str]()
    for piece_scheme, name, value in _pieces(header):
        if piece_scheme:
            if scheme == "bearer":
                break
            scheme, values = piece_scheme, {}
        else:
            values.setdefault(name, value)
    if scheme != "bearer" or not values.get("realm"):
        return None
    service = values.get("service", "")
    return Challenge(values["realm"], service if _SERVICE.fullmatch(service) else "")


def _pieces(header: str) -> Iterator[tuple[str, str, str]]:
    """A scheme, or a parameter with its value, one after the other; all names in lower case."""
    for piece in _PIECE.finditer(header):
        in_quotes = piece["quoted"]
        value = piece["bare"] if in_quotes is None else _ESCAPED.sub(r"\1", in_quotes)
        yield (piece["scheme"] or "").lower(), (piece["name"] or "").lower(), value or ""


def _host(address: URL) -> str:
    """Its host as it stands in an address."""
    host = address.host or ""
    return f"[{host}]" if ":" in host else host


def token_address(challenge: Challenge, repository: str, registry: URL) -> tuple[str, bool]:
    """Where the token for reading a repository is asked for, and whether that address is the registry's word alone: then only
    public servers are asked, by https. A registry on this machine may name another server on it. Raises SourceUnavailable."""
    try:
        realm = URL(challenge.realm[: _LONGEST_REALM + 1])
        is_web = realm.scheme in ("http", "https") and bool(realm.host) and realm.user is None
        host = _host(realm)
        port_is_right = realm.port is not None
    except ValueError:
        is_web, port_is_right, host = False, False, ""
    name = _host(registry)
    if not is_web or not port_is_right or len(challenge.realm) > _LONGEST_REALM:
        raise SourceUnavailable(f"{name} names no web address where it gives out tokens")
    is_ours = realm.origin() == registry.origin() or (is_loopback(name) and is_loopback(host))
    if realm.scheme != "https" and not is_ours:
        raise SourceUnavailable(f"{name} gives out tokens without TLS, at {host}")
    service = {"service": challenge.service} if challenge.service else {}
    address = realm.with_fragment(None).update_query({**service, "scope": f"repository:{repository}:pull"})
    return str(address), not is_ours
