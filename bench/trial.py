"""`chatbot try` on the history of a real-sized project, from the first request to the last line."""

import contextlib
import io
import time

from tests.cli.trial.test_cost import BOUND, whole


def main() -> None:
    began = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        published = whole()
    seconds = time.process_time() - began
    print(
        f"chatbot try: {len(published.releases)} releases and {len(published.advisories)} advisories in {published.requests}"
        f" requests and {seconds:.1f} s CPU, the loopback GitHub included (goal: under {BOUND:.0f} s)"
    )
