"""Whether GitHub's private report form is switched on for a repository: asked daily, beside whatever reads the policy page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.core.model.knowledge import PrivateForm
from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.model.watches import Project
from chatbot.ports import Batch, Clock, Source, SourceRefused, SourceUnavailable
from chatbot.sources.github.api import GithubApi, repository_path
from chatbot.sources.github.release_json import read_time
from chatbot.sources.http.json_body import read_json

ASK_AGAIN = timedelta(hours=24)
TRY_AGAIN = timedelta(hours=1)  # after GitHub did not say
_STATE, _ASKED_AT = "report_form", "report_form_at"  # in the cursor, beside that of the page's source


class WithReportForm:
    """A source of a policy page that also says whether the private report form is switched on.

    https://docs.github.com/en/rest/repos/repos#check-if-private-vulnerability-reporting-is-enabled-for-a-repository
    """

    def __init__(self, page: Source, project: Project, api: GithubApi, *, clock: Clock) -> None:
        self._page, self._project, self._api, self._clock = page, project, api, clock

    @property
    def name(self) -> str:
        return self._page.name

    @property
    def profile(self) -> SourceProfile:
        return self._page.profile

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look at the page, and once a day at the form. A form that cannot be asked about never holds the page up."""
        own = {key: value for key, value in cursor.items() if key not in (_STATE, _ASKED_AT)}
        batch = await self._page.poll(own)
        state_before = {key: cursor[key] for key in (_STATE, _ASKED_AT) if key in cursor}
        if not self._is_due(state_before):
            return replace(batch, cursor={**batch.cursor, **state_before})
        state = await self._ask()
        after = {**batch.cursor, _STATE: state, _ASKED_AT: self._clock().isoformat()}
        if state == state_before.get(_STATE):
            return replace(batch, cursor=after)
        return replace(batch, cursor=after, unchanged=False, private_form=state)

    def _is_due(self, state_before: Mapping[str, str]) -> bool:
        asked_at: datetime | None = read_time(state_before.get(_ASKED_AT))
        if asked_at is None:
            return True
        wait = TRY_AGAIN if state_before.get(_STATE) == "unknown" else ASK_AGAIN
        return not timedelta() <= self._clock() - asked_at < wait

    async def _ask(self) -> PrivateForm:
        """What GitHub says; "unknown" where it says nothing: an older Enterprise, a token without the right, no answer."""
        try:
            fetched = await self._api.get(
                f"{repository_path(self._project.repository)}/private-vulnerability-reporting"
            )
            answer = read_json(fetched) if fetched.status == 200 else None
        except (SourceUnavailable, SourceRefused):
            return "unknown"
        match answer:
            case {"enabled": True}:
                return "on"
            case {"enabled": False}:
                return "off"
            case _:
                return "unknown"
