"""What a configured image means: tables of names, tags and platforms."""

import pytest

from chatbot.core.images.reference import (
    ImageError,
    has_platform,
    image_name,
    is_loopback,
    moves,
    parse_image,
    parse_platform,
    registry_address,
)


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag"),
    [
        ("ghcr.io/harbour/ferry:v{version}", "ghcr.io", "harbour/ferry", "v{version}"),
        ("ghcr.io/harbour/ferry", "ghcr.io", "harbour/ferry", "{tag}"),
        ("GHCR.io/harbour/ferry", "ghcr.io", "harbour/ferry", "{tag}"),
        ("docker.io/harbour/ferry:{tag}-alpine", "docker.io", "harbour/ferry", "{tag}-alpine"),
        ("index.docker.io/harbour/ferry", "docker.io", "harbour/ferry", "{tag}"),
        ("registry-1.docker.io/harbour/ferry", "docker.io", "harbour/ferry", "{tag}"),
        ("harbour/ferry:{line}", "docker.io", "harbour/ferry", "{line}"),
        ("ferry", "docker.io", "library/ferry", "{tag}"),
        ("docker.io/ferry:1", "docker.io", "library/ferry", "1"),
        ("localhost/ferry", "localhost", "ferry", "{tag}"),
        ("localhost:5000/a/b/c", "localhost:5000", "a/b/c", "{tag}"),
        ("[::1]:5000/a:{version}", "[::1]:5000", "a", "{version}"),
        ("registry:5000/a", "registry:5000", "a", "{tag}"),
    ],
)
def test_an_image_is_a_registry_a_repository_and_a_tag(text: str, registry: str, repository: str, tag: str) -> None:
    template = parse_image(text)
    assert (template.registry, template.repository, template.tag) == (registry, repository, tag)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ghcr.io/",
        "ghcr.io/Harbour/ferry",
        "ghcr.io/harbour//ferry",
        "ghcr.io/harbour/ferry:",
        "ghcr.io/harbour/ferry:{name}",
        "ghcr.io/harbour/ferry:-x",
        "ghcr.io/harbour/ferry@sha256:0",
        "ghcr.io:99999/a",
        "ghcr.io:/a",
        "user@ghcr.io/a",
        "https://ghcr.io/a/b",
        f"ghcr.io/{'a' * 255}",
        "ghcr.io/a/../b",
        "ghcr.io/a?x=1",
        "ghcr.io/harbour/ferry:" + "x" * 129,
    ],
)
def test_what_is_no_image_is_refused(text: str) -> None:
    with pytest.raises(ImageError):
        parse_image(text)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("v{version}", "v1.2.0"),
        ("{tag}", "release-1.2.0"),
        ("{line}-alpine", "1.2-alpine"),
        ("{version}-{line}-{version}", "1.2.0-1.2-1.2.0"),
        ("latest", "latest"),
    ],
)
def test_a_template_is_filled(template: str, name: str) -> None:
    image = image_name(parse_image(f"ghcr.io/a:{template}"), tag="release-1.2.0", version="1.2.0", line="1.2")
    assert str(image) == f"ghcr.io/a:{name}"


@pytest.mark.parametrize(
    ("template", "tag", "version", "line", "name"),
    [
        ("{version}", "v1.2.0+3", "1.2.0+3", "1.2", "1.2.0-3"),
        ("{tag}", "mail/v1.2.0", "1.2.0", "1.2", "mail-v1.2.0"),
        ("{line}", "v1.2.0", "1.2.0", "", None),
        ("{version}", "nightly", "", "", None),
        ("{tag}", "one two", "1", "1", None),
        ("{tag}", "-v1", "1", "1", None),
        ("{tag}", "v{version}", "1", "1", None),
        ("{tag}", "x" * 129, "1", "1", None),
        ("{tag}", "v１", "1", "1", None),
    ],
)
def test_not_every_tag_of_a_release_is_one_of_an_image(
    template: str, tag: str, version: str, line: str, name: str | None
) -> None:
    image = image_name(parse_image(f"ghcr.io/a:{template}"), tag=tag, version=version, line=line)
    assert (image.tag if image is not None else None) == name


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("latest", True), ("{line}", True), ("stable-{line}", True), ("{version}", False), ("{line}-{tag}", False)],
)
def test_a_tag_without_the_version_moves(tag: str, *, expected: bool) -> None:
    assert moves(parse_image(f"ghcr.io/a:{tag}")) is expected


@pytest.mark.parametrize(
    ("registry", "address"),
    [
        ("docker.io", "https://registry-1.docker.io"),
        ("ghcr.io", "https://ghcr.io"),
        ("registry.example:5000", "https://registry.example:5000"),
        ("localhost:5000", "http://localhost:5000"),
        ("127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("127.9.9.9", "http://127.9.9.9"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("10.0.0.1:5000", "https://10.0.0.1:5000"),
        ("localhost.example:5000", "https://localhost.example:5000"),
    ],
)
def test_a_registry_of_this_machine_alone_is_asked_by_http(registry: str, address: str) -> None:
    assert registry_address(registry) == address


@pytest.mark.parametrize(
    ("host", "expected"),
    [("::1", False), ("[::1]", True), ("LOCALHOST", True), ("127.0.0.1.example", False), ("", False)],
)
def test_a_loopback_host_is_written_as_in_an_address(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("linux/amd64", "linux/amd64"),
        ("Linux/x86_64", "linux/amd64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm/v7", "linux/arm/v7"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("windows/amd64", "windows/amd64"),
    ],
)
def test_a_platform_has_one_spelling(text: str, platform: str) -> None:
    assert str(parse_platform(text)) == platform


@pytest.mark.parametrize("text", ["", "amd64", "linux/", "linux/a/b/c", "linux /amd64", "linux/amd 64"])
def test_what_is_no_platform_is_refused(text: str) -> None:
    with pytest.raises(ImageError):
        parse_image("ghcr.io/a", (text,))


@pytest.mark.parametrize(
    ("must_have", "expected"),
    [
        ("linux/arm", True),
        ("linux/arm/v7", True),
        ("linux/arm/v6", False),
        ("linux/arm64", False),
        ("windows/arm", False),
    ],
)
def test_a_platform_without_a_variant_means_any(must_have: str, *, expected: bool) -> None:
    assert has_platform((parse_platform("linux/arm/v7"),), parse_platform(must_have)) is expected
