"""What the pipeline is built from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from chatbot.core.model.watches import Project, Room
from chatbot.core.polling import GETS_A_SECOND
from chatbot.sources.http.client import Token
from chatbot.sources.parsing.process import Limits

Failpoint = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesConfig:
    """What services are built from. `settle` is how long a fact must stay unchanged before it is announced; `failpoint` is called
    where a test may end the process; `token` gives GitHub's, or an empty string. `any_repository`: rooms may watch every public
    repository by command, `per_server` of them in one server."""

    database: str
    projects: Sequence[Project]
    rooms: Sequence[Room]
    api_url: str
    web_url: str
    token: Token | None
    poll_seconds: int
    settle: timedelta
    osv_url: str = ""
    kev_url: str = ""
    endoflife_url: str = ""
    deadman_url: str = ""
    introduce_newest: bool = False
    any_repository: bool = False
    per_server: int = 10
    parsing: Limits = field(default_factory=Limits)
    per_second: float = GETS_A_SECOND
    failpoint: Failpoint = lambda _name: None
