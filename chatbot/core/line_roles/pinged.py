"""Which roles a security announcement pings: exactly those whose line has an affected version; where nobody can tell, too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chatbot.core.model.facts import Advisory
from chatbot.core.model.message import Mention
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.lines import read_line
from chatbot.core.subscriptions.matching import concern
from chatbot.core.subscriptions.subscription import Scope


@dataclass(slots=True)
class Pinged:
    """Computes it for all rooms of a project: each advisory is compared with each line once."""

    snapshot: ProjectSnapshot
    _concerned: dict[tuple[str, str], bool] = field(default_factory=dict)

    def by_advisories(self, advisories: Iterable[Advisory], roles: Mapping[str, str]) -> tuple[Mention, ...]:
        """The roles (line → role) whose line some of the advisories concern, the highest line first."""
        items = list(advisories)
        return self._mentions([line for line in roles if any(self._concerns(item, line) for item in items)], roles)

    def by_release(self, release: Classified, roles: Mapping[str, str]) -> tuple[Mention, ...]:
        """Of a security release that no advisory explains, the roles of its own line: who runs it has something to take."""
        lines = [(name, read_line(self.snapshot, name)) for name in roles]
        version = release.version
        holding = [name for name, line in lines if line is not None and version is not None and line.holds(version)]
        return self._mentions(holding, roles)

    def _concerns(self, advisory: Advisory, line: str) -> bool:
        if (advisory.id, line) not in self._concerned:
            state = concern(self.snapshot, advisory, Scope("line", line))
            self._concerned[advisory.id, line] = state != "no"
        return self._concerned[advisory.id, line]

    def _mentions(self, lines: Iterable[str], roles: Mapping[str, str]) -> tuple[Mention, ...]:
        return tuple(Mention("role", roles[line]) for line in sorted(lines, key=self._height, reverse=True))

    def _height(self, line: str) -> tuple[tuple[int, ...], str]:
        place = read_line(self.snapshot, line)
        return (place.numbers if place is not None else (), line)
