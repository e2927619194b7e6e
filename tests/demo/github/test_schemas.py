"""The loopback GitHub's answers against GitHub's own schemas."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema  # type: ignore[import-untyped]  # it brings no types
import pytest

SCHEMAS = Path(__file__).parents[4] / "shared" / "data" / "github_api" / "schemas"
ENDPOINTS = SCHEMAS.parent / "endpoints"
pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="GitHub's schemas (../shared) are not here")


def schema(name: str) -> dict[str, Any]:
    """An OpenAPI 3.0 bundle as a JSON schema: `nullable` becomes a second type, and `components` stay where refs look."""
    bundle = json.loads((SCHEMAS / f"{name}.json").read_text())
    translated: dict[str, Any] = _translate(bundle)
    return {"$ref": f"#/components/schemas/{bundle['root']}", "components": translated["components"]}


def _translate(part: Any) -> Any:
    if isinstance(part, list):
        return [_translate(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {key: _translate(value) for key, value in part.items() if key != "nullable"}
    return {"anyOf": [inner, {"type": "null"}]} if part.get("nullable") is True else inner


def known_fields(name: str) -> set[str]:
    bundle = json.loads((SCHEMAS / f"{name}.json").read_text())
    return set(bundle["components"]["schemas"][bundle["root"]]["properties"])


async def validate(client: aiohttp.ClientSession, path: str, name: str, *, token: str = "", expected: int = 200) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with client.get(path, headers=headers) as response:
        assert response.status == expected
        value = json.loads(await response.read())
    for each in value if isinstance(value, list) else [value]:
        jsonschema.Draft7Validator(schema(name)).validate(each)
        assert set(each) <= known_fields(name)
    return value


@pytest.mark.parametrize(
    ("path", "name", "count"),
    [
        ("/repos/harbour/ferry/releases", "release", 3),
        ("/repos/harbour/ferry/releases/tags/v1.0.0", "release", None),
        ("/repos/harbour/ferry/security-advisories", "repository-advisory", 5),
        ("/repos/harbour/ferry/security-advisories?state=published&sort=updated", "repository-advisory", 1),
        ("/repos/harbour/ferry/security-advisories/GHSA-4444-4444-4444", "repository-advisory", None),
        ("/repos/harbour/ferry/contents/SECURITY.md", "content-file", None),
        ("/advisories", "global-advisory", 2),
        ("/advisories/GHSA-7777-7777-7777", "global-advisory", None),
        ("/rate_limit", "rate-limit-overview", None),
    ],
)
async def test_answers_fit_githubs_schemas(
    client: aiohttp.ClientSession, path: str, name: str, count: int | None
) -> None:
    value = await validate(client, path, name, token="insider")
    assert count is None or len(value) == count


async def test_an_anonymous_advisory_fits_too(client: aiohttp.ClientSession) -> None:
    (value, _) = await validate(client, "/repos/harbour/ferry/security-advisories?sort=updated", "repository-advisory")
    assert value["ghsa_id"] == "GHSA-5555-5555-5555"


async def test_refusals_fit_githubs_schemas(client: aiohttp.ClientSession) -> None:
    assert (await validate(client, "/repos/harbour/none", "basic-error", expected=404))["message"] == "Not Found"
    assert (await validate(client, "/repos/harbour/ferry", "basic-error", token="wrong", expected=401))[
        "status"
    ] == "401"


async def test_a_directory_fits_githubs_schema(client: aiohttp.ClientSession) -> None:
    async with client.get("/repos/harbour/ferry/contents/") as response:
        listing = await response.json()
    jsonschema.Draft7Validator(schema("content-directory")).validate(listing)
    assert [(each["name"], each["type"]) for each in listing] == [("SECURITY.md", "file"), ("docs", "dir")]


async def test_the_private_form_fits_githubs_schema(client: aiohttp.ClientSession) -> None:
    operation = json.loads((ENDPOINTS / "get_repos_owner_repo_private-vulnerability-reporting.json").read_text())
    schema_200 = operation["operation"]["responses"]["200"]["content"]["application/json"]["schema"]
    async with client.get("/repos/harbour/ferry/private-vulnerability-reporting") as response:
        jsonschema.Draft7Validator(schema_200).validate(await response.json())
        assert response.status == 200
    async with client.get("/repos/harbour/none/private-vulnerability-reporting") as response:
        assert response.status == 404


def test_the_schemas_refuse_something(subtests: pytest.Subtests) -> None:
    for name in ("release", "repository-advisory", "content-file", "global-advisory", "rate-limit-overview"):
        with subtests.test(name), pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft7Validator(schema(name)).validate({"url": 5})
