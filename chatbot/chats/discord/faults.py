"""Faults of ours that one event from outside brought out: told once with their traceback, then counted."""

from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class FaultLog:
    """Tells the first fault of a kind in full, and then the second, fourth, eighth …: a flood of them floods no log."""

    _counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def tell(self, event: str, fault: BaseException, **more: str) -> None:
        kind = event, type(fault).__name__
        self._counts[kind] = count = self._counts.get(kind, 0) + 1
        if count == 1:
            log.error(event, count=count, exc_info=fault, **more)
        elif count & (count - 1) == 0:
            log.error(event, count=count, reason=f"{kind[1]}: {fault}"[:200], **more)
