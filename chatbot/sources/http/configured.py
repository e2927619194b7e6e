"""Addresses that the operator configured: what is below one, and whether another is."""

from yarl import URL


def below(root: str, path: str) -> str:
    """The address of `path` (which begins with a slash and may have a query) below a configured one, whose own query stays."""
    base, _, query = root.partition("?")
    if not query:
        return f"{base.rstrip('/')}{path}"
    return f"{base.rstrip('/')}{path}{'&' if '?' in path else '?'}{query}"


def is_below(root: str, url: str) -> bool:
    """Whether an address is on the configured server and below the configured path, however it is spelt."""
    try:
        base, address = URL(root), URL(url)
        if address.user is not None or address.origin() != base.origin():
            return False
    except ValueError:
        return False
    path, parent = address.path, base.path.rstrip("/")
    if any(part in (".", "..") for part in path.replace("\\", "/").split("/")):
        return False
    return path == parent or path.startswith(f"{parent}/")
