"""GitHub's quota as people are told of it: once in the log when it is used up and when it is there again, and in `/status`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from chatbot.ports import Clock
from chatbot.sources.github.api import GithubApi

log = structlog.get_logger(__name__)

WORTH_PLANNED_MESSAGE = timedelta(
    minutes=5
)  # the last minutes of an hour pass without a request now and then, as planned


@dataclass(slots=True)
class QuotaNotice:
    """Whether the sources of GitHub's API wait for the next hour of its quota. `used_up` is until when, once it was said."""

    api: GithubApi
    clock: Clock
    used_up: datetime | None = None

    def short(self) -> str:
        """Why GitHub is hardly asked now; empty where it is asked as often as it should be."""
        quota, now = self.api.quota, self.clock()
        if quota is None or quota.spendable or quota.resets_at <= now:
            if self.used_up is not None:
                log.info("GitHub's rate limit was renewed")
            self.used_up = None
            return ""
        sentence = self.api.used_up(quota)
        if self.used_up is None:
            if quota.resets_at - now < WORTH_PLANNED_MESSAGE:
                return ""
            log.warning("GitHub's rate limit is used up", reason=sentence)
            self.used_up = quota.resets_at
        return sentence
