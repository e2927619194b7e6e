"""The forges where projects publish, each made from what a process has: the one list of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatbot.core.model.watches import Project
from chatbot.ports import Clock, Forge
from chatbot.sources.github.api import GithubApi
from chatbot.sources.github.forge import Github
from chatbot.sources.http.client import Fetcher
from chatbot.sources.parsing.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeParts:
    """What forges are made from."""

    api: GithubApi
    web_url: str
    fetcher: Fetcher
    reader: Reader
    clock: Clock


def _github(parts: ForgeParts) -> Forge:
    return Github(parts.api, parts.fetcher, web_url=parts.web_url, reader=parts.reader, clock=parts.clock)


FORGES: list[Callable[[ForgeParts], Forge]] = [_github]  # a project is at the first one that serves it


def open_forges(parts: ForgeParts) -> Sequence[Forge]:
    """All of them."""
    return [make(parts) for make in FORGES]


def forge_of(project: Project, forges: Sequence[Forge]) -> Forge:
    """Where the project's repository is; where none says so, the last one, whose sources will say what is wrong."""
    return next((forge for forge in forges if forge.serves(project)), forges[-1])
