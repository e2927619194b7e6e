"""The earlier states of a policy page, as far back as a replay goes and no further than a visitor's requests last."""

from datetime import datetime
from urllib.parse import quote

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.support.policy import Policy
from chatbot.core.text.words import count
from chatbot.ports import Clock, SourceRefused
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.runtime.trial.published import Published, tracked_page
from chatbot.runtime.trial.sparing import MOST_REQUESTS, SparingApi
from chatbot.sources.github.api import repository_path
from chatbot.sources.parsing.documents import Document, Parsed
from chatbot.sources.parsing.reader import Reader

MOST = 5  # states of the page beside the one of now
_Revision = tuple[str, datetime]  # a commit and its date


async def read_earlier(published: Published, api: SparingApi, reader: Reader, clock: Clock, since: datetime) -> None:
    """Read the states of the page since then, and the one before, into `pages`. What is left out, `gaps` say."""
    now, policy = published.page, published.policy
    if now is None or policy is None or not now.page.path or now.page.committed_at is None:
        return
    published.pages = [(now, policy)] if policy.readable else []
    repository = _repository_of(published, now.page)
    room = MOST_REQUESTS - api.used - 1
    if now.page.committed_at < since or room <= 0 or not repository:
        return
    commits = await _commits(published, api, reader, repository, now.page.path)
    revisions = _revisions_since(commits[1:], since)
    for commit in revisions[: min(room, MOST)]:
        await _read_one(published, api, reader, clock, repository, commit)
    published.pages.sort(key=lambda pair: pair[0].first_read_at)
    if len(revisions) > min(room, MOST):
        more = count(len(revisions) - min(room, MOST), "earlier state")
        published.gaps.append(f"Not read: {more} of the security policy. What changed then is not shown.")


def _revisions_since(commits: list[_Revision], since: datetime) -> list[_Revision]:
    """Those since then, and the last one before, which the first of them is compared with; the newest first."""
    later = [each for each in commits if each[1] >= since]
    return [*later, *commits[len(later) : len(later) + 1]]


def _repository_of(published: Published, page: PolicyPage) -> str:
    """Where the page is: in the repository itself, or in its owner's `.github`; "" where its address does not say."""
    own = published.project.repository
    names = (own, f"{own.partition('/')[0]}/.github")
    return next((name for name in names if f"/{name}/" in page.url), "")


async def _commits(
    published: Published, api: SparingApi, reader: Reader, repository: str, path: str
) -> list[_Revision]:
    address = f"{repository_path(repository)}/commits?path={quote(path, safe='')}&per_page=30"
    try:
        fetched = await api.get(address)
    except SourceRefused:
        return []
    if fetched.status != 200:
        return []
    outcome = await reader.parse(
        Document(kind="revisions", project=published.project.id, name=path, content=fetched.body)
    )
    return list(outcome.value) if isinstance(outcome, Parsed) and isinstance(outcome.value, tuple) else []


async def _read_one(
    published: Published, api: SparingApi, reader: Reader, clock: Clock, repository: str, revision: _Revision
) -> None:
    """One state of the page, where it can be read."""
    commit, at = revision
    path = published.page.page.path if published.page is not None else ""
    try:
        fetched = await api.get(f"{repository_path(repository)}/contents/{quote(path)}?ref={commit}")
    except SourceRefused:
        return
    document = Document(kind="file", project=published.project.id, name=path, content=fetched.body)
    outcome = await reader.parse(document) if fetched.status == 200 else None
    if not isinstance(outcome, Parsed) or not isinstance(outcome.value, tuple) or outcome.value[2]:
        return
    text, url, _ = outcome.value
    page = PolicyPage(project=published.project.id, text=text, path=path, url=url, committed_at=at)
    policies = PolicyReader(reader, clock)
    await policies.prepare(page)
    policy: Policy = policies.read(text)
    if policy.readable:
        tracked: TrackedPolicy = tracked_page(page, policy, at)
        published.pages.append((tracked, policy))
