"""The Compose files: right by the Compose specification's schema, and each service runs without rights on a read-only root."""

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it brings no types
import pytest
import yaml

from chatbot.runtime.settings import environment, secret_files
from chatbot.runtime.settings.place import VARIABLE
from chatbot.runtime.settings.settings import Settings
from tests.packaging.dockerfile import read_dockerfile
from tests.packaging.installation import ROOT
from tests.packaging.test_dockerfile import PINNED

IMAGE = read_dockerfile(ROOT / "Dockerfile")[-1]
FILES = ("compose.yaml", "compose.postgres.yaml")


def read_yaml(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def laid_over(below: Any, above: Any) -> Any:
    """As `docker compose --file … --file …` merges what is used here: tables by key, lists one behind the other."""
    if isinstance(below, dict) and isinstance(above, dict):
        return {key: laid_over(below.get(key), above.get(key)) for key in {**below, **above}}
    if isinstance(below, list) and isinstance(above, list):
        return [*below, *above]
    return below if above is None else above


SQLITE = read_yaml("compose.yaml")
POSTGRES = laid_over(SQLITE, read_yaml("compose.postgres.yaml"))
SERVICES = {
    f"{setup}-{name}": service
    for setup, project in (("sqlite", SQLITE), ("postgres", POSTGRES))
    for name, service in project["services"].items()
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_what_the_specification_says(name: str) -> None:
    vendored = files("check_jsonschema").joinpath("builtin_schemas", "vendor", "compose-spec.json")
    jsonschema.validate(read_yaml(name), json.loads(vendored.read_text(encoding="utf-8")))


@pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))
def test_a_service_has_no_rights(service: Any) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "ipc", "devices", "ports"} & service.keys()
    assert service["pids_limit"] > 0
    assert service["mem_limit"]
    for mount in service["tmpfs"]:
        assert {"noexec", "nosuid", "nodev"} <= set(mount.partition(":")[2].split(",")), mount
        assert "size=" in mount


@pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))
def test_a_service_starts_again_is_watched_and_does_not_fill_the_disk(service: Any) -> None:
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@pytest.mark.parametrize("project", [SQLITE, POSTGRES], ids=["sqlite", "postgres"])
def test_every_secret_is_a_file_and_every_volume_has_its_name(project: Any) -> None:
    secrets = project["secrets"]
    assert all(secret == {"file": f"./secrets/{name}"} for name, secret in secrets.items())
    for service in project["services"].values():
        assert set(service["secrets"]) <= secrets.keys()
        sources = [volume.partition(":")[0] for volume in service["volumes"]]
        assert all(source.startswith("./") or source in project["volumes"] for source in sources)
        mentioned = [value for name, value in service["environment"].items() if name.endswith("_FILE")]
        assert set(mentioned) == {f"/run/secrets/{name}" for name in service["secrets"]}
        assert not [name for name in service["environment"] if name.endswith(("TOKEN", "PASSWORD"))]


@pytest.mark.parametrize("project", [SQLITE, POSTGRES], ids=["sqlite", "postgres"])
def test_the_bot_is_started_as_its_image_means_it(project: Any) -> None:
    bot = project["services"]["chatbot"]
    assert environment.read(bot["environment"], Settings)[1] == []
    targets = {volume.split(":")[1] for volume in bot["volumes"]}
    config = Path(IMAGE.last("ENV").pairs[VARIABLE])
    assert targets == {IMAGE.last("VOLUME").text, str(config.parent)}
    assert f"./{'config'}:{config.parent}:ro" in bot["volumes"]
    assert json.dumps(bot["healthcheck"]["test"][1:]) in IMAGE.last("HEALTHCHECK").text
    assert "user" not in bot  # that of the image


def test_the_database_is_pinned_and_only_the_bot_reaches_it() -> None:
    services = POSTGRES["services"]
    assert PINNED.fullmatch(services["database"]["image"])
    assert services["database"]["networks"] == ["database"]
    assert POSTGRES["networks"]["database"] == {"internal": True}
    assert set(services["chatbot"]["networks"]) == {"default", "database"}
    assert services["chatbot"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["database"]["user"] not in ("", "0", "root")


def test_a_secret_with_the_mode_that_the_files_name_is_accepted(tmp_path: Path) -> None:
    """`chown 10001` and `chmod 400`: Compose mounts the file as it is."""
    assert "chmod 400" in (ROOT / "compose.yaml").read_text(encoding="utf-8")
    (tmp_path / "token").write_text("the-token\n")
    (tmp_path / "token").chmod(0o400)
    assert (tmp_path / "token").stat().st_uid == os.geteuid()
    assert secret_files.read(tmp_path / "token") == "the-token"


@pytest.mark.parametrize("name", ["secrets/github-token", "config/config.toml", "config.toml"])
def test_nobody_commits_a_secret_by_mistake(name: str) -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    top = name.partition("/")[0]
    assert f"/{top}/" in ignored or name in ignored
