"""What all tests share: log lines without the values of every variable, which take seconds to be laid out; and the profile of `make fuzz`."""

import structlog
from hypothesis import settings

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S"),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

settings.register_profile("long", max_examples=5_000, deadline=None, print_blob=True)  # `make fuzz`
