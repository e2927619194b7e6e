"""What a source and a forge declare about themselves, so that nothing else has to guess it from a name."""

from dataclasses import dataclass
from typing import Literal

SourceKind = Literal["release", "advisory", "policy", "signal", "lifecycle"]


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """One source, as the rest of the program needs to know it.

    kind: what it lists; a `signal` lists nothing: it only shows that another source has something new; a `lifecycle` says when
        release lines are supported, beside the project's own policy
    origin: who publishes there, as people call them ("GitHub", "OSV"); stored with each fact, so without a comma
    authoritative: the project publishes there itself: what it does not list does not exist, its versions are those of the
        project, and its clock says when something was published
    """

    kind: SourceKind
    origin: str
    authoritative: bool = False

    @property
    def dates_news(self) -> bool:
        """Whether its server's clock decides what was published since a room began to watch."""
        return self.authoritative and self.kind != "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeProfile:
    """A place where projects publish, in the words of an answer.

    name: what people call it
    web_url: where its pages are
    report_form: its form for private reports, as it stands in a sentence ("GitHub's private form")
    report_path: where that form is, behind `web_url`, with `{repository}` in it; empty where it has none
    """

    name: str
    web_url: str
    report_form: str
    report_path: str

    def report_url(self, repository: str) -> str:
        """Where it takes a private report of a repository."""
        return self.web_url.rstrip("/") + self.report_path.format(repository=repository)
