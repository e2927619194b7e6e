"""`make bench`: every measurement, one line each."""

import structlog

from bench import arrival, fanout, outbox, quiet, reading
from tests.chats.matrix import fanout as matrix_fanout

if __name__ == "__main__":
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(40)
    )  # errors only: figures are what is wanted
    quiet.main()
    reading.main()
    arrival.main()
    fanout.main()
    matrix_fanout.main()
    outbox.main()
