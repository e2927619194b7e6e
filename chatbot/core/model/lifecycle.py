"""When the release cycles of a product are supported, as somebody else than the project says it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One release line.

    name: as it is written there, such as `5.2` or `16`
    until: the last day of security support, None where no day is stated
    has_ended: whether support has ended, by their word of that day; None where they do not say
    """

    name: str
    until: date | None = None
    has_ended: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """The cycles of a product. `product` is its name there, as configured, `origin` who says so, `url` their page for readers."""

    product: str
    origin: str
    url: str = ""
    cycles: tuple[Cycle, ...] = ()
