"""The registry client against a registry that refuses what a real one refuses."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from chatbot.core.model.images import ImageAnswer, ImageName
from chatbot.ports import SourceRefused, SourceUnavailable
from chatbot.sources.http.client import Fetcher, open_fetcher
from chatbot.sources.registry.client import MAX_MANIFEST, Registries
from tests.sources.harness import never
from tests.sources.web_server import open_web_server
from tests.standins.clock import ManualClock, ManualTimer
from tests.standins.registry.content import OCI_INDEX, OCI_MANIFEST, digest_of
from tests.standins.registry.server import Registry, serve

FERRY = "harbour/ferry"
BOTH = ["linux/amd64", "linux/arm64/v8"]


@dataclass(kw_only=True)
class Harness:
    registry: Registry
    client: Registries
    clock: ManualClock
    monotonic: ManualTimer

    def image(self, tag: str = "v1.0.0", repository: str = FERRY) -> ImageName:
        return ImageName(self.registry.host, repository, tag)

    async def look(self, tag: str = "v1.0.0", *, digest: str = "", with_platforms: bool = False) -> ImageAnswer:
        return await self.client.look(self.image(tag), digest=digest, with_platforms=with_platforms)


@asynccontextmanager
async def open_harness(registry: Registry | None = None) -> AsyncIterator[Harness]:
    registry = registry or Registry()
    registry.repository(FERRY)
    clock, monotonic = ManualClock(), ManualTimer()
    async with (
        serve(registry),
        open_fetcher(clock=clock, chance=never, user_agent="test", per_second=1e6, monotonic=monotonic) as fetcher,
    ):
        client = Registries(fetcher, clock=clock)
        yield Harness(registry=registry, client=client, clock=clock, monotonic=monotonic)


def platforms(answer: ImageAnswer) -> list[str] | None:
    return None if answer.platforms is None else [str(each) for each in answer.platforms]


# ---- there, missing, not public -------------------------------------------------------------------------------------------


async def test_an_image_is_missing_until_its_index_is_there() -> None:
    async with open_harness() as harness:
        content = harness.registry.repository(FERRY)
        assert await harness.look() == ImageAnswer(presence="missing")
        digest = content.push("v1.0.0", BOTH, attested=True)
        answer = await harness.look()
        assert (answer.presence, platforms(answer), answer.digest) == ("there", ["linux/amd64", "linux/arm64"], digest)
    assert harness.registry.asked("GET", "manifests") == 1
    assert harness.registry.asked("GET", f"manifests/{digest}") == 1, "it is pulled by its digest"


async def test_what_was_read_is_not_read_again_until_the_tag_moves() -> None:
    async with open_harness() as harness:
        content = harness.registry.repository(FERRY)
        digest = content.push("v1.0.0", BOTH[:1])
        await harness.look()
        again = await harness.look(digest=digest)
        assert (again.presence, again.platforms) == ("there", None)
        assert harness.registry.asked("GET", "manifests") == 1
        content.push("v1.0.0", BOTH)
        assert platforms(await harness.look(digest=digest)) == ["linux/amd64", "linux/arm64"]
    assert harness.registry.asked("GET", "manifests") == 2


@pytest.mark.parametrize("docker", [True, False])
async def test_indexes_and_lists_are_read_alike(*, docker: bool) -> None:
    async with open_harness() as harness:
        harness.registry.repository(FERRY).push("v1.0.0", ["linux/arm/v7", "windows/amd64"], docker=docker)
        assert platforms(await harness.look()) == ["linux/arm/v7", "windows/amd64"]


@pytest.mark.parametrize("docker", [True, False])
@pytest.mark.parametrize("redirects", [True, False])
async def test_the_one_platform_of_a_plain_manifest_is_read_where_it_matters(*, docker: bool, redirects: bool) -> None:
    async with aiohttp.ClientSession(auto_decompress=False) as session:  # the guarded way reaches no loopback
        fetcher = Fetcher(session, session, clock=ManualClock(), chance=never, per_second=1e6)
        registry = Registry(redirects_blobs=redirects)
        registry.repository(FERRY).push_one("v1.0.0", "linux/arm64", docker=docker)
        async with serve(registry) as host:
            client = Registries(fetcher, clock=ManualClock())
            image = ImageName(host, FERRY, "v1.0.0")
            assert platforms(await client.look(image)) == []
            assert registry.asked("GET", "blobs") == 0
            assert platforms(await client.look(image, with_platforms=True)) == ["linux/arm64"]


async def test_a_blob_elsewhere_on_a_private_network_is_not_fetched() -> None:
    registry = Registry(redirects_blobs=True)
    registry.repository(FERRY).push_one("v1.0.0", "linux/arm64")
    async with open_harness(registry) as harness:
        answer = await harness.look(with_platforms=True)
    assert (answer.presence, answer.platforms) == ("there", ())
    assert "private network" in answer.trouble


@pytest.mark.parametrize("privacy", ["no token", "no manifest"])
async def test_what_is_not_public_is_not_called_missing(privacy: str) -> None:
    registry = Registry(private={FERRY: privacy})  # type: ignore[dict-item]  # one of its literals
    registry.repository(FERRY).push("v1.0.0", BOTH)
    async with open_harness(registry) as harness:
        assert await harness.look() == ImageAnswer(presence="not public")
        harness.registry.private.clear()
        assert (await harness.look()).presence == "there"


async def test_a_repository_that_nobody_knows_is_missing() -> None:
    async with open_harness() as harness:
        assert (await harness.client.look(harness.image(repository="harbour/other"))).presence == "missing"


# ---- tokens ---------------------------------------------------------------------------------------------------------------


async def test_the_scope_of_a_token_is_our_own_and_it_is_used_again() -> None:
    async with open_harness() as harness:
        harness.registry.repository(FERRY).push("v1.0.0", BOTH)
        await harness.look()
        await harness.look("v2.0.0")
        assert harness.registry.asked("TOKEN", f"repository:{FERRY}:pull") == 1
        harness.clock.advance(timedelta(minutes=6))
        await harness.look()
        assert harness.registry.asked("TOKEN", f"repository:{FERRY}:pull") == 2


async def test_a_token_that_ended_early_is_replaced() -> None:
    async with open_harness() as harness:
        harness.registry.repository(FERRY).push("v1.0.0", BOTH)
        await harness.look()
        harness.registry.tokens.clear()
        assert (await harness.look()).presence == "there"


async def test_a_registry_that_wants_no_token_is_asked_for_none() -> None:
    async with open_harness(Registry(anonymous=True)) as harness:
        assert (await harness.look()).presence == "missing"
        assert harness.registry.asked("TOKEN", "") == 0


@pytest.mark.parametrize(
    ("realm", "reason"),
    [
        ("http://192.0.2.1/token", "without TLS"),
        ("https://10.0.0.1/token", "private network"),
        ("https://169.254.169.254/latest/meta-data", "private network"),
        ("ftp://example.org/", "no web address"),
        ("https://a:b@example.org/", "no web address"),
        ("//example.org", "no web address"),
        ("https://example.org:99999/", "no web address"),
        ("https://[::1/", "no web address"),
        (f"https://example.org/{'x' * 500}", "no web address"),
    ],
)
async def test_the_place_of_tokens_is_a_strangers_word(realm: str, reason: str) -> None:
    async with open_harness(Registry(realm=realm)) as harness:
        with pytest.raises(SourceUnavailable, match=reason):
            await harness.look()


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def asking(answer: Answer) -> AsyncIterator[Callable[..., Awaitable[ImageAnswer]]]:
    """What the client makes of a server that answers anything."""
    async with (
        open_web_server(answer) as stand,
        open_fetcher(clock=ManualClock(), chance=never, user_agent="test", per_second=1e6) as fetcher,
    ):
        client = Registries(fetcher, clock=ManualClock())
        image = ImageName(f"127.0.0.1:{stand.port}", FERRY, "v1")

        async def look(**more: object) -> ImageAnswer:
            return await client.look(image, **more)  # type: ignore[arg-type]  # its keywords

        yield look


@pytest.mark.parametrize(
    "challenge",
    ['Basic realm="registry"', "", "Bearer", 'Bearer realm=""', 'Digest x="1", Basic realm="https://a.example"'],
)
async def test_a_registry_that_wants_a_password_is_not_public(challenge: str) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=401, headers={"WWW-Authenticate": challenge} if challenge else {})

    async with asking(answer) as look:
        assert (await look()).presence == "not public"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"token": 1}', b'{"token": "a\\r\\nX: y"}', b'{"token": "a b"}', b"x" * 70_000]
)
async def test_what_is_no_token_is_not_sent_on(body: bytes) -> None:
    requests = []

    async def answer(request: web.Request) -> web.StreamResponse:
        requests.append(request)
        if request.path == "/token":
            return web.Response(body=body)
        realm = f"http://{request.host}/token"
        return web.Response(status=401, headers={"WWW-Authenticate": f'Bearer realm="{realm}",service="a"'})

    async with asking(answer) as look:
        with pytest.raises(SourceUnavailable):
            await look()
    assert len(requests) == 2


# ---- quotas -----------------------------------------------------------------------------------------------------------------


async def test_headers_are_asked_for_and_pulls_left_to_others() -> None:
    async with open_harness(Registry(quota=11)) as harness:
        content = harness.registry.repository(FERRY)
        content.push("v1.0.0", BOTH)
        assert platforms(await harness.look()) == ["linux/amd64", "linux/arm64"]
        content.push("v1.1.0", BOTH)
        answer = await harness.look("v1.1.0")
        assert (answer.presence, answer.platforms) == ("there", ())
        assert answer.trouble == (
            f"{harness.registry.host} grants only 10 more pulls from this address for now: its platforms are read later"
        )
        harness.registry.quota = 100
        assert platforms(await harness.look("v1.1.0")) == ["linux/amd64", "linux/arm64"]
    assert harness.registry.asked("GET", "manifests") == 2


async def test_a_registry_that_wants_silence_gets_it_and_others_do_not() -> None:
    async with open_harness() as harness, open_harness() as other:
        harness.registry.closed_for = 120
        with pytest.raises(SourceUnavailable, match="slow down") as error:
            await harness.look()
        assert error.value.retry_after == timedelta(seconds=120)
        count = len(harness.registry.requests)
        harness.registry.closed_for = None
        with pytest.raises(SourceUnavailable, match="wait"):
            await harness.look()
        assert len(harness.registry.requests) == count
        assert (await other.look()).presence == "missing"
        harness.monotonic.advance(timedelta(seconds=121))
        assert (await harness.look()).presence == "missing"


# ---- hostile answers --------------------------------------------------------------------------------------------------------


INDEX = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}


def serving(body: bytes, media_type: str = OCI_INDEX, digest: str | None = None) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        extra = {"Docker-Content-Digest": digest_of(body) if digest is None else digest}
        return web.Response(body=body, headers={"Content-Type": media_type, **extra})

    return answer


@pytest.mark.parametrize(
    "value",
    [
        {**INDEX, "config": {}},
        {"schemaVersion": 2},
        {"schemaVersion": 2, "config": {"digest": "sha256:0"}},
        {**INDEX, "mediaType": OCI_MANIFEST},
        [INDEX],
        "index",
    ],
)
async def test_what_is_no_index_names_no_platform_and_is_read_again(value: object) -> None:
    async with asking(serving(json.dumps(value).encode())) as look:
        answer = await look()
    assert (answer.presence, answer.platforms) == ("there", ())
    assert answer.trouble


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["linux/amd64"] * 3, ["linux/amd64"]),
        (["unknown/unknown", "linux/unknown"], []),
        (["LINUX/AMD64"], ["linux/amd64"]),
        (["linux/am\nd64", "@everyone/x", "linux/" + "a" * 40, "linux/arm/v7 x"], []),
        ([None, 1, [], {}], []),
        ([f"linux/a{number}" for number in range(999)], 60),
    ],
)
async def test_foreign_platforms_are_words_and_few(entries: list[object], expected: list[str] | int) -> None:
    def entry(platform: object) -> dict[str, object]:
        words = (
            dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False))
            if isinstance(platform, str)
            else platform
        )
        return {"mediaType": OCI_MANIFEST, "digest": digest_of(b""), "size": 1, "platform": words}

    body = json.dumps({**INDEX, "manifests": [entry(each) for each in entries]}).encode()
    async with asking(serving(body)) as look:
        names = platforms(await look())
    assert names is not None
    assert names == expected or len(names) == expected


async def test_an_index_within_an_index_and_artifacts_are_no_platforms() -> None:
    platform = {"os": "linux", "architecture": "amd64"}
    entries = [
        {"mediaType": OCI_INDEX, "platform": platform},
        {"mediaType": OCI_MANIFEST, "artifactType": "application/vnd.example", "platform": platform},
        "linux/amd64",
    ]
    async with asking(serving(json.dumps({**INDEX, "manifests": entries}).encode())) as look:
        assert platforms(await look()) == []


async def test_a_body_that_is_not_what_its_digest_names_is_refused() -> None:
    async with asking(serving(json.dumps(INDEX).encode(), digest=digest_of(b"another"))) as look:
        with pytest.raises(SourceUnavailable, match="something else"):
            await look()


@pytest.mark.parametrize("digest", ["", "sha256:short", "md5:00", "../../x", "sha256:" + "g" * 64])
async def test_without_a_digest_that_is_one_the_tag_is_read(digest: str) -> None:
    body = json.dumps(INDEX).encode()
    async with asking(serving(body, digest=digest)) as look:
        assert (await look()).digest == digest_of(body)


async def test_a_body_without_end_is_not_read_to_its_end() -> None:
    async with asking(serving(b"[" * (MAX_MANIFEST + 1))) as look:
        with pytest.raises(SourceUnavailable, match="more than"):
            await look()


@pytest.mark.parametrize(
    ("status", "error"), [(500, SourceUnavailable), (405, SourceRefused), (302, SourceUnavailable)]
)
async def test_every_other_answer_is_an_error_with_a_sentence(status: int, error: type[Exception]) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": str(request.url)} if status == 302 else {})

    async with asking(answer) as look:
        with pytest.raises(error, match=r"127\.0\.0\.1"):
            await look()


async def test_a_registry_that_leads_to_a_private_network_gets_nothing_from_there() -> None:
    async with open_harness() as harness:
        harness.registry.repository(FERRY).push("v1", BOTH)

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=307, headers={"Location": f"http://{harness.registry.host}{request.path}"})

        async with asking(answer) as look:
            with pytest.raises(SourceUnavailable, match="private network"):
                await look()
        assert harness.registry.requests == []


async def test_a_token_is_shown_to_nobody_else() -> None:
    authorizations = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        authorizations.append(request.headers.get("Authorization", ""))
        return web.Response(status=404)

    async with aiohttp.ClientSession(auto_decompress=False) as session, open_web_server(elsewhere) as other:

        async def answer(request: web.Request) -> web.StreamResponse:
            if request.path == "/token":
                return web.json_response({"token": "secret"})
            if "Authorization" not in request.headers:
                challenge = f'Bearer realm="http://{request.host}/token",service="a"'
                return web.Response(status=401, headers={"WWW-Authenticate": challenge})
            return web.Response(status=307, headers={"Location": f"{other.url}/x"})

        async with open_web_server(answer) as stand:
            fetcher = Fetcher(session, session, clock=ManualClock(), chance=never, per_second=1e6)
            client = Registries(fetcher, clock=ManualClock())
            image = ImageName(f"127.0.0.1:{stand.port}", FERRY, "v1")
            assert (await client.look(image)).presence == "missing"
    assert authorizations == [""]
