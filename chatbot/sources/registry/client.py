"""Asks registries whether an image is there: headers until it is, then its index once, by digest."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from yarl import URL

from chatbot.core.images.reference import registry_address
from chatbot.core.model.images import ImageAnswer, ImageName, Platform
from chatbot.core.text import patterns
from chatbot.ports import Clock, SourceRefused, SourceUnavailable
from chatbot.sources.http.client import Conditions, Fetched, Fetcher
from chatbot.sources.http.json_body import NoJson, read_object
from chatbot.sources.http.status import server
from chatbot.sources.registry.challenge import read_challenge, token_address
from chatbot.sources.registry.manifests import ACCEPT, read_config, read_manifest
from chatbot.sources.registry.quota import LIMIT, REMAINING, may_pull, pulls_left

MAX_MANIFEST = 256 * 1024  # bytes of an index or a manifest: some six hundred entries
MAX_CONFIG = 512 * 1024  # bytes of a configuration, which tells an image's history
_MAX_TOKEN_ANSWER = 64 * 1024
_ANSWERS = frozenset({200, 401, 403, 404})
_HEADERS = ("WWW-Authenticate", "Docker-Content-Digest", REMAINING, LIMIT)
_DIGEST = patterns.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}", ascii_only=True)
_LONGEST = 16_000  # characters of a token
_TOKEN = patterns.compile(r"[A-Za-z0-9._~+/=-]+", ascii_only=True)
# https://distribution.github.io/distribution/spec/auth/token/: without a number, and at least, a minute
_SHORTEST_TOKEN, _LONGEST_TOKEN, _SPARE = 60, 3600, 10  # seconds

_Place = tuple[str, str]  # a registry and a repository


class _NotPublic(Exception):
    """Nobody may read it without an account, or it does not exist: registries do not say which."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: datetime


class Registries:
    """Any registry that the operator configured, asked without an account. One `look` at a time for each is enough."""

    def __init__(self, fetcher: Fetcher, *, clock: Clock) -> None:
        self._fetcher, self._clock = fetcher, clock
        self._tokens: dict[_Place, _Token] = {}

    async def look(self, image: ImageName, *, digest: str = "", with_platforms: bool = False) -> ImageAnswer:
        """Whether the image is there. `digest`: of what was read of it before without trouble; it is not read again.
        `with_platforms`: the platform of an image for only one matters too, which costs one more request. Raises
        SourceUnavailable or SourceRefused."""
        try:
            head = await self._ask(image, f"manifests/{image.tag}", head=True)
            if head.status == 404:
                return ImageAnswer(presence="missing")
            named_digest = head.headers.get("docker-content-digest", "")
            named_digest = named_digest if _DIGEST.fullmatch(named_digest) else ""
            if named_digest and named_digest == digest:
                return ImageAnswer(presence="there", platforms=None, digest=named_digest)
            if not may_pull(head.headers):
                return ImageAnswer(presence="there", digest=named_digest, trouble=_few_pulls(image, head))
            return await self._pull(image, named_digest, with_platforms=with_platforms)
        except _NotPublic:
            return ImageAnswer(presence="not public")

    async def _pull(self, image: ImageName, digest: str, *, with_platforms: bool) -> ImageAnswer:
        """The platforms of an image that is there, by the digest that its registry named."""
        fetched = await self._ask(image, f"manifests/{digest or image.tag}", cap=MAX_MANIFEST)
        if fetched.status != 200:
            raise SourceUnavailable(f"{image.registry} has {image} and does not give it out")
        digest = digest or f"sha256:{hashlib.sha256(fetched.body).hexdigest()}"
        _verify(image, fetched.body, digest)
        try:
            manifest = read_manifest(fetched.body, fetched.content_type)
        except NoJson as wrong:
            return ImageAnswer(presence="there", digest=digest, trouble=f"{image.registry} {wrong}")
        if not manifest.config or not with_platforms:
            return ImageAnswer(presence="there", platforms=manifest.platforms, digest=digest)
        try:
            return ImageAnswer(presence="there", platforms=await self._config(image, manifest.config), digest=digest)
        except (SourceUnavailable, SourceRefused) as failed:
            return ImageAnswer(presence="there", digest=digest, trouble=str(failed))

    async def _config(self, image: ImageName, digest: str) -> tuple[Platform, ...]:
        """The platform of a plain manifest. Blobs often lie elsewhere, and are no pull by Docker Hub's count."""
        if not _DIGEST.fullmatch(digest):
            raise SourceUnavailable(f"{image.registry} names a configuration that cannot be asked for")
        fetched = await self._ask(image, f"blobs/{digest}", cap=MAX_CONFIG)
        if fetched.status != 200:
            raise SourceUnavailable(f"{image.registry} does not give out the configuration of {image}")
        _verify(image, fetched.body, digest)
        try:
            return read_config(fetched.body)
        except NoJson as wrong:
            raise SourceUnavailable(f"{image.registry} {wrong}") from wrong

    async def _ask(self, image: ImageName, path: str, *, head: bool = False, cap: int = MAX_MANIFEST) -> Fetched:
        """One question about a repository; with a token where the registry wants one. Raises _NotPublic."""
        place = (image.registry, image.repository)
        base = registry_address(image.registry)
        for attempt in range(2):
            token = self._token(place)
            conditions = Conditions(
                accept=ACCEPT if path.startswith("manifests/") else "",
                token=(lambda text=token: text) if token else None,  # type: ignore[misc]  # bound for each attempt
                cap=cap,
                head=head,
                answers=_ANSWERS,
                keep=_HEADERS,
            )
            fetched = await self._fetcher.get(f"{base}/v2/{image.repository}/{path}", conditions)
            if fetched.status == 403 or (fetched.status == 401 and attempt):
                raise _NotPublic
            if fetched.status != 401:
                return fetched
            self._tokens.pop(place, None)
            await self._get_token(place, fetched)
        raise _NotPublic

    def _token(self, place: _Place) -> str:
        token = self._tokens.get(place)
        return token.text if token is not None and self._clock() < token.until else ""

    async def _get_token(self, place: _Place, refusal: Fetched) -> None:
        """Ask for an anonymous token, as the registry's 401 says."""
        registry, repository = place
        challenge = read_challenge(refusal.headers.get("www-authenticate", ""))
        if challenge is None:
            raise _NotPublic
        address, is_foreign = token_address(challenge, repository, URL(registry_address(registry)))
        conditions = Conditions(cap=_MAX_TOKEN_ANSWER, stay=True, foreign=is_foreign, answers=_ANSWERS)
        fetched = await self._fetcher.get(address, conditions)
        if fetched.status in (401, 403):
            raise _NotPublic
        if fetched.status == 404:
            raise SourceUnavailable(f"{fetched.place}, where {registry} gives out tokens, does not exist")
        answer = read_object(fetched)
        text = answer.get("token") or answer.get("access_token")
        if not isinstance(text, str) or len(text) > _LONGEST or not _TOKEN.fullmatch(text):
            raise SourceUnavailable(f"{server(URL(address))} gave out no token for {registry}")
        self._tokens[place] = _Token(text, self._clock() + _lifetime(answer.get("expires_in")))


def _lifetime(seconds: object) -> timedelta:
    number = seconds if isinstance(seconds, int) else _SHORTEST_TOKEN
    return timedelta(seconds=min(max(number, _SHORTEST_TOKEN), _LONGEST_TOKEN) - _SPARE)


def _verify(image: ImageName, body: bytes, digest: str) -> None:
    """Whoever stands between us and the registry can send anything; the digest tells."""
    algorithm, _, expected = digest.partition(":")
    if hashlib.new(algorithm, body).hexdigest() != expected:
        raise SourceUnavailable(f"{image.registry} sent something else than {image} by its digest")


def _few_pulls(image: ImageName, head: Fetched) -> str:
    number = pulls_left(head.headers)
    pulls = "no more pulls" if not number else f"only {number} more pull{'' if number == 1 else 's'}"
    return f"{image.registry} grants {pulls} from this address for now: its platforms are read later"
