"""A security policy that stands outside its project's forge: at a configured address, or in a local file."""

import asyncio
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.source_profile import SourceProfile
from chatbot.core.model.watches import Project
from chatbot.core.text.links import safe_url
from chatbot.ports import Batch, Clock, Source, SourceRefused, SourceUnavailable
from chatbot.sources.http.client import Conditions, Fetcher
from chatbot.sources.http.status import place
from chatbot.sources.support_policy.text import MAX_PAGE, UnreadablePage, read_text, wordless


def is_address(policy: str) -> bool:
    """Whether the configured policy is a web address."""
    return policy.lower().startswith(("http://", "https://"))


def is_local(policy: str) -> bool:
    """Whether the configured policy is a file of this machine: it begins with `/`, `./`, `../` or `~`."""
    return policy.startswith(("/", "./", "../", "~"))


def configured_page(project: Project, *, fetcher: Fetcher, clock: Clock) -> Source | None:
    """Where the project's policy page is read by its configuration; None where that is left to its forge's conventions."""
    if is_address(project.policy):
        return PolicyAddress(project, fetcher)
    if is_local(project.policy):
        return PolicyFile(project, clock=clock)
    return None


class PolicyAddress:
    """The policy page at a configured address. Its commit's date is unknown."""

    profile = SourceProfile("policy", "the configured page", authoritative=True)

    def __init__(self, project: Project, fetcher: Fetcher) -> None:
        self._project, self._fetcher = project, fetcher

    @property
    def name(self) -> str:
        return f"policy-page:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once; 404 means that there is no page."""
        url = self._project.policy
        address_digest = hashlib.blake2b(url.encode(), digest_size=16).hexdigest()  # a query may hold a key
        same = cursor.get("address") == address_digest
        link = safe_url(url.partition("#")[0].partition("?")[0])
        conditions = Conditions(
            etag=cursor.get("etag", "") if same else "",
            last_modified=cursor.get("last_modified", "") if same else "",
            accept="text/markdown, text/plain;q=0.9, */*;q=0.1",
            cap=MAX_PAGE,
        )
        fetched = await self._fetcher.get(url, conditions)
        if fetched.status == 304:
            return Batch(cursor=dict(cursor), read_at=fetched.read_at, unchanged=True)
        after = {"address": address_digest, "etag": fetched.etag, "last_modified": fetched.last_modified}
        digest = fetched.digest or "none"
        if same and cursor.get("digest") == digest:
            return Batch(cursor={**after, "digest": digest}, read_at=fetched.read_at, unchanged=True)
        if fetched.status == 404:
            page = PolicyPage(project=self._project.id, text="", url=link, exists=False)
            return Batch(observed=(page,), cursor={**after, "digest": digest}, read_at=fetched.read_at)
        try:
            text = read_text(fetched.body)
        except UnreadablePage as wrong:
            return wordless(self._project.id, place(url), wrong, fetched.read_at, after)
        page = PolicyPage(project=self._project.id, text=text, url=link)
        return Batch(observed=(page,), cursor={**after, "digest": digest}, read_at=fetched.read_at)


class PolicyFile:
    """The policy page in a local file, which the operator keeps."""

    profile = SourceProfile("policy", "the configured page", authoritative=True)

    def __init__(self, project: Project, *, clock: Clock) -> None:
        self._project, self._clock = project, clock

    @property
    def name(self) -> str:
        return f"policy-file:{self._project.id}"

    async def poll(self, cursor: Mapping[str, str]) -> Batch:
        """Look once. A missing file is a mistake, not the absence of a policy."""
        now = self._clock()
        body = await asyncio.to_thread(_read_file, Path(self._project.policy))
        after = {"digest": hashlib.blake2b(body, digest_size=16).hexdigest()}
        if after == cursor:
            return Batch(cursor=after, read_at=now, unchanged=True)
        try:
            text = read_text(body)
        except UnreadablePage as wrong:
            return wordless(self._project.id, self._project.policy, wrong, now, after)
        page = PolicyPage(project=self._project.id, text=text, path=self._project.policy)
        return Batch(observed=(page,), cursor=after, read_at=now)


def _read_file(path: Path) -> bytes:
    try:
        # O_NONBLOCK: a pipe that nobody writes to would hold a thread, and the bot's end, for ever
        with os.fdopen(os.open(path.expanduser(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            kind = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(kind):
                what = "a folder: name the file" if stat.S_ISDIR(kind) else "not a file: name one"
                raise SourceRefused(f"{path} is {what} in projects.policy")
            return file.read(MAX_PAGE + 1)
    except FileNotFoundError as missing:
        raise SourceRefused(f"{path} does not exist: correct projects.policy") from missing
    except PermissionError as refused:
        raise SourceRefused(f"{path} may not be read: change its permissions") from refused
    except IsADirectoryError as folder:
        raise SourceRefused(f"{path} is a folder: name the file in projects.policy") from folder
    except (OSError, RuntimeError) as failed:
        raise SourceUnavailable(f"{path} could not be read ({type(failed).__name__})") from failed
