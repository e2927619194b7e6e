"""Given files that may be heavy: small things are parsed here, everything else in a process with limits, or not at all."""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self

from chatbot.cli.failure import Failure, Status
from chatbot.cli.output.printing import printable
from chatbot.core.model.ids import NO_PROJECT
from chatbot.ports import SourceUnavailable
from chatbot.sources.parsing.documents import Document, Outcome, Parsed, Rejected
from chatbot.sources.parsing.parsers import PARSERS, attempt, parses_here
from chatbot.sources.parsing.pool import ParserPool
from chatbot.sources.parsing.process import Limits

LIMITS = Limits()


class FileParser:
    """Parses the parts of one file or folder. Use it in a `with`: at its end the process, if there was one, is ended."""

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        self._path, self._pool = path, ParserPool(limits)
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._runner.run(self._pool.close())
        finally:
            self._runner.close()

    def parse(self, kind: str, name: str, content: bytes) -> Parsed | Rejected:
        """What a part of the file comes to. Raises Failure where it takes too much."""
        document = Document(kind=kind, project=NO_PROJECT, name=name, content=content)
        try:
            outcome = self._outcome(document)
        except SourceUnavailable as full:
            raise Failure(f"{self._path}: {full}; free some memory, and try again", Status.OUTSIDE) from None
        if isinstance(outcome, Parsed | Rejected):
            return outcome
        what = f"{name} cannot be read" if name else "cannot be read"
        raise Failure(printable(f"{self._path}: {what}: {outcome.reason}; shorten it, or leave it out"))

    def _outcome(self, document: Document) -> Outcome:
        if parses_here(document):
            return attempt(document, PARSERS)
        return self._runner.run(self._pool.parse(document))
