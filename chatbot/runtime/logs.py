"""Log lines for people and machines: one per outcome, with its key, and with no secret in it."""

import logging
import sys
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any, TextIO

import structlog

HIDDEN = "[secret]"
_SHORTEST = 6  # a shorter secret would blot out ordinary words

Line = MutableMapping[str, Any]


def configure(secrets: Sequence[str], out: TextIO | None = None, *, verbose: bool = False, quiet: bool = False) -> None:
    """Send our lines and those of the libraries to `out`, or to standard error: coloured for a terminal, else one JSON
    document a line.

    `verbose` adds what helps to find a fault, `quiet` keeps only what went wrong. `secrets` are blotted out wherever they
    turn up, in foreign libraries' words and tracebacks too.
    """
    out = out or sys.stderr
    terminal = out.isatty()
    level = logging.DEBUG if verbose else logging.ERROR if quiet else logging.INFO
    last: Any = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, blot_out(secrets), last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("discord", "nio", "aiohttp.access", "aiosqlite", "alembic", "peewee", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("nio.responses", "nio.crypto"):  # they warn of every refusal that we handle and name ourselves
        logging.getLogger(name).setLevel(logging.ERROR)


def blot_out(secrets: Sequence[str]) -> Callable[[object, str, Line], Line]:
    """A processor that hides the secrets in every value of a line."""
    hidden = [secret for secret in secrets if len(secret) >= _SHORTEST]

    def clean(value: object) -> object:
        if isinstance(value, str):
            for secret in hidden:
                value = value.replace(secret, HIDDEN)
            return value
        if isinstance(value, dict):
            return {key: clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [clean(item) for item in value]
        return value if isinstance(value, int | float | bool | None) else clean(str(value))

    def process(_logger: object, _method: str, line: Line) -> Line:
        return {key: clean(value) for key, value in line.items()}

    return process
