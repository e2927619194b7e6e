"""The bytes of a product of endoflife.date -> its release cycles. Format: https://endoflife.date/docs/api/v1/ (API v1)."""

from datetime import date

from chatbot.core.model.lifecycle import Cycle, Lifecycle
from chatbot.core.text.visible import printable
from chatbot.sources.http.json_body import NoJson, decode_object

ORIGIN = "endoflife.date"
MOST_CYCLES = 500  # the longest list there has some sixty
_LONGEST_NAME = 64


def read_product(body: bytes) -> Lifecycle:
    """Read a product; entries that name no cycle are passed over. Raises NoJson."""
    product = decode_object(body).get("result")
    if not isinstance(product, dict) or not isinstance(product.get("releases"), list):
        raise NoJson("sent no product with its releases")
    releases = product["releases"][:MOST_CYCLES]
    cycles = tuple(cycle for each in releases if (cycle := _cycle(each)) is not None)
    if releases and not cycles:
        raise NoJson("sent a product of which no release has a name")
    links = product.get("links")
    page = links.get("html") if isinstance(links, dict) else ""
    return Lifecycle(
        product=_name(product.get("name")),
        origin=ORIGIN,
        url=page if isinstance(page, str) and page.startswith("https://") and len(page) <= 200 else "",
        cycles=cycles,
    )


def _cycle(entry: object) -> Cycle | None:
    """A cycle; where its end is something else than a day or nothing, nobody knows whether it is supported."""
    if not isinstance(entry, dict) or not (name := _name(entry.get("name"))):
        return None
    is_eol, until = entry.get("isEol"), entry.get("eolFrom")
    if until is not None and (day := _day(until)) is None:
        return Cycle(name=name)
    return Cycle(
        name=name, until=day if until is not None else None, has_ended=is_eol if isinstance(is_eol, bool) else None
    )


def _name(value: object) -> str:
    return printable(value).strip() if isinstance(value, str) and len(value) <= _LONGEST_NAME else ""


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
