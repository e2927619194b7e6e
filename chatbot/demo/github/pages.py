"""How the loopback GitHub cuts long lists into pages: by number (releases, commits) and by cursor (advisories)."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlencode

T = TypeVar("T")

_MOST = 100  # https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api


MOST_LISTED = 1000  # releases, however many there are: as GitHub answers it, in no document


class BadCursorError(ValueError):
    """A cursor that this server never gave out."""


def per_page(query: Mapping[str, str]) -> int:
    """How many the caller wants: 30 unless it says otherwise, never more than 100."""
    text = query.get("per_page", "")
    return max(1, min(_MOST, int(text))) if text.isdecimal() else 30


def beyond(query: Mapping[str, str]) -> bool:
    """Whether a page begins behind all that is listed."""
    text = query.get("page", "")
    return text.isdecimal() and (int(text) - 1) * per_page(query) >= MOST_LISTED


def numbered(items: Sequence[T], query: Mapping[str, str], url: str) -> tuple[Sequence[T], dict[str, str]]:
    """One page by number, with its Link header where there is more than one."""
    size = per_page(query)
    text = query.get("page", "")
    page = max(1, int(text)) if text.isdecimal() else 1
    last = max(1, -(-len(items) // size))
    links: dict[str, int] = {}
    if page > 1:
        links |= {"prev": min(page - 1, last)}
    if page < last:
        links |= {"next": page + 1, "last": last}
    if page > 1:
        links |= {"first": 1}
    header = ", ".join(f'<{url}?{urlencode({**query, "page": at})}>; rel="{rel}"' for rel, at in links.items())
    return items[(page - 1) * size : page * size], {"Link": header} if header else {}


def by_cursor(
    items: Sequence[T], key: Callable[[T], tuple[str, str]], query: Mapping[str, str], url: str
) -> tuple[Sequence[T], dict[str, str]]:
    """One page by cursor: `after` and `before` point between items, by the item's sort key and id.

    A list that changes between two pages neither repeats nor skips what did not change; BadCursorError for a foreign cursor.
    """
    falling = query.get("direction", "desc") != "asc"
    ordered = sorted(items, key=key, reverse=falling)
    size = per_page(query)
    if "before" in query:
        edge = _decode(query["before"])
        rest = [item for item in ordered if (key(item) > edge if falling else key(item) < edge)]
        page = rest[-size:]
    else:
        rest = ordered
        if "after" in query:
            edge = _decode(query["after"])
            rest = [item for item in ordered if (key(item) < edge if falling else key(item) > edge)]
        page = rest[:size]
    return page, _cursor_links(ordered, page, key, query, url)


def _cursor_links(
    ordered: Sequence[T], page: Sequence[T], key: Callable[[T], tuple[str, str]], query: Mapping[str, str], url: str
) -> dict[str, str]:
    parameters = {name: value for name, value in query.items() if name not in {"after", "before"}}
    links = []
    if page and page[-1] is not ordered[-1]:
        links.append(f'<{url}?{urlencode({**parameters, "after": _write(key(page[-1]))})}>; rel="next"')
    if page and page[0] is not ordered[0]:
        links.append(f'<{url}?{urlencode({**parameters, "before": _write(key(page[0]))})}>; rel="prev"')
    return {"Link": ", ".join(links)} if links else {}


def _write(edge: tuple[str, str]) -> str:
    return base64.b64encode("\n".join(("cursor:v2", *edge)).encode()).decode()


def _decode(cursor: str) -> tuple[str, str]:
    try:
        mark, at, name = base64.b64decode(cursor, validate=True).decode().split("\n")
    except (binascii.Error, ValueError) as error:
        raise BadCursorError("not a cursor of this server") from error
    if mark != "cursor:v2":
        raise BadCursorError("not a cursor of this server")
    return at, name
