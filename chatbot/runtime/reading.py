"""Policy texts read once: the same page is asked about many times between two changes."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from chatbot.core.knowledge import Knowledge
from chatbot.core.policy import Policy, line_style
from chatbot.core.rules import LineStyle
from chatbot.sources.security_md import read_policy

MOST = 256  # texts kept: more than one bot's projects, the former text of each included


class PolicyReader:
    """Reads a policy page's text, and keeps the last readings."""

    def __init__(self, reading: Callable[[str], Policy] = read_policy) -> None:
        self._reading = reading
        self._read: OrderedDict[str, Policy] = OrderedDict()

    def read(self, text: str) -> Policy:
        """The policy in the text; an unreadable one says why in its `problem`."""
        policy = self._read.get(text)
        if policy is None:
            policy = self._keep(text, self._reading(text))
        self._read.move_to_end(text)
        return policy

    async def prepare(self, text: str) -> None:
        """Read it beside the event loop: the longest pages take seconds, and nothing else may wait for them."""
        if text not in self._read:
            self._keep(text, await asyncio.to_thread(self._reading, text))

    async def prepare_all(self, known: Knowledge) -> None:
        """The same for the pages that answers and plans are made from; after a start none of them is read yet."""
        for policy in (known.previous_policy, known.policy):
            if policy is not None:
                await self.prepare(policy.page.text)

    def _keep(self, text: str, policy: Policy) -> Policy:
        self._read[text] = policy
        if len(self._read) > MOST:
            self._read.popitem(last=False)
        return policy

    def readable(self, text: str) -> bool:
        """Whether the page says anything about support that a program can answer from."""
        return (
            bool(text.strip()) and self.read(text).readable
        )  # a page without words comes where there is one nobody can read

    def lines(self, known: Knowledge) -> LineStyle:
        """What the page in force calls a line; "auto" where it does not say."""
        return line_style(self.read(known.policy.page.text)) if known.policy is not None else "auto"
