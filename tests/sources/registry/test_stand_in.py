"""The registry of the tests refuses what a real one refuses."""

import aiohttp
import pytest

from tests.standins.registry.content import DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST
from tests.standins.registry.server import Registry, serve

FERRY = "harbour/ferry"
SERVICE = "registry.example"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"service": SERVICE, "scope": f"repository:{FERRY}:pull"}, 200),
        ({"service": SERVICE, "scope": f"repository:{FERRY}:pull,push"}, 403),
        ({"service": SERVICE, "scope": "registry:catalog:*"}, 403),
        ({"service": "other", "scope": f"repository:{FERRY}:pull"}, 403),
        ({"scope": f"repository:{FERRY}:pull"}, 403),
    ],
)
async def test_it_gives_tokens_for_pulling_alone(query: dict[str, str], status: int) -> None:
    registry = Registry()
    async with serve(registry), aiohttp.ClientSession() as session:
        response = await session.get(f"http://{registry.auth_host}/token", params=query)
        assert response.status == status


@pytest.mark.parametrize(
    ("method", "path", "accept", "status", "quota"),
    [
        ("HEAD", "manifests/v1", OCI_INDEX, 200, 5),
        ("GET", "manifests/v1", f"{DOCKER_MANIFEST}, {OCI_INDEX}", 200, 4),
        ("GET", "manifests/v1", f"{DOCKER_MANIFEST}, {OCI_MANIFEST}", 404, 5),
        ("GET", "manifests/v1", "*/*", 404, 5),
        ("GET", "manifests/v2", OCI_INDEX, 404, 5),
        ("GET", "blobs/sha256:0", "", 404, 5),
    ],
)
async def test_it_gives_what_the_accept_header_names(
    method: str, path: str, accept: str, status: int, quota: int
) -> None:
    registry = Registry(anonymous=True, quota=5)
    registry.repository(FERRY).push("v1", ["linux/amd64"])
    async with serve(registry) as host, aiohttp.ClientSession() as session:
        url = f"http://{host}/v2/{FERRY}/{path}"
        async with session.request(method, url, headers={"Accept": accept}) as response:
            assert response.status == status
            assert response.headers.get("ratelimit-remaining") == (f"{quota};w=21600" if status == 200 else None)
    assert registry.quota == quota


@pytest.mark.parametrize("authorization", ["", "Basic abc", "Bearer wrong", "Bearer other"])
async def test_it_wants_a_token_of_the_repository(authorization: str) -> None:
    registry = Registry(tokens={"other": "harbour/other"})
    registry.repository(FERRY).push("v1", ["linux/amd64"])
    async with serve(registry) as host, aiohttp.ClientSession() as session:
        headers = {"Accept": OCI_INDEX, **({"Authorization": authorization} if authorization else {})}
        async with session.get(f"http://{host}/v2/{FERRY}/manifests/v1", headers=headers) as response:
            assert response.status == 401
            assert "user/image" in response.headers["WWW-Authenticate"]


async def test_it_grants_no_pull_beyond_the_quota() -> None:
    registry = Registry(anonymous=True, quota=0)
    registry.repository(FERRY).push("v1", ["linux/amd64"])
    async with serve(registry) as host, aiohttp.ClientSession() as session:
        url = f"http://{host}/v2/{FERRY}/manifests/v1"
        async with session.head(url, headers={"Accept": OCI_INDEX}) as head:
            assert head.status == 200
        async with session.get(url, headers={"Accept": OCI_INDEX}) as response:
            assert response.status == 429
            assert (await response.json())["errors"][0]["code"] == "TOOMANYREQUESTS"
