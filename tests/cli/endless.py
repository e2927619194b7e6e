"""A process that was told to end, and does not."""

import threading

from chatbot.cli.run import end_at_last


def main() -> None:
    end_at_last(0.2)
    threading.Event().wait()
