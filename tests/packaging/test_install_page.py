"""docs/how-to/install.md: what it tells to copy, name and mount is there, and is what the files say."""

import re

import pytest
import yaml

from tests.packaging.dockerfile import read_dockerfile
from tests.packaging.installation import ROOT
from tests.packaging.unit_file import read_unit

PAGE = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
COMMANDS: list[str] = re.findall(r"^    (\S.*)", PAGE.replace("\\\n", " "), re.MULTILINE)
IMAGE = read_dockerfile(ROOT / "Dockerfile")[-1]
SERVICE = read_unit(ROOT / "deploy" / "systemd" / "chatbot.service")["Service"]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["chatbot"]


def command(start: str) -> str:
    (line,) = [each for each in COMMANDS if each.startswith(start)]
    return line


def test_every_file_that_it_names_is_there() -> None:
    names = re.findall(
        r"\b(?:deploy/[\w./-]+|compose[\w.]*\.yaml|requirements[\w.-]*\.lock|Dockerfile|tests/packaging)\b", PAGE
    )
    assert len(set(names)) >= 8
    assert not [name for name in names if not (ROOT / name).exists()]


def test_docker_is_started_as_compose_does_it() -> None:
    words = command("docker run").split()
    assert "--read-only" in words
    assert COMPOSE["read_only"] is True
    assert words[words.index("--cap-drop") + 1] == COMPOSE["cap_drop"][0]
    assert COMPOSE["security_opt"][0].startswith(words[words.index("--security-opt") + 1])
    mounts = [words[index + 1].split(":") for index, word in enumerate(words) if word == "--volume"]
    assert {tuple(mount[1:]) for mount in mounts} == {tuple(volume.split(":")[1:]) for volume in COMPOSE["volumes"]}
    assert words[words.index("--restart") + 1] == COMPOSE["restart"]
    assert words[-1] == COMPOSE["image"]


def test_files_belong_to_the_user_of_the_image() -> None:
    user = IMAGE.last("USER").text.partition(":")[0]
    owners = set(re.findall(r"chown -R (\d+) config secrets", PAGE))
    assert owners == {user}


@pytest.mark.parametrize("key", ["User", "StateDirectory"])
def test_the_service_is_prepared_as_its_unit_wants_it(key: str) -> None:
    assert SERVICE[key] == ["chatbot"]
    assert f"--home-dir {SERVICE['WorkingDirectory'][0]} " in command("useradd")
    assert command("useradd").endswith(f" {SERVICE['User'][0]}")
    program = SERVICE["ExecStart"][0].split()[0]
    assert f"{program.removesuffix('/bin/chatbot')}/bin/pip install" in PAGE
    folders = {line.split()[-1] for line in COMMANDS if line.startswith("install --directory")}
    assert folders == {"/etc/chatbot", "/etc/chatbot/secrets"}
    for credential in SERVICE["LoadCredential"]:
        name, _, path = credential.partition(":")
        assert path == f"/etc/chatbot/secrets/{name}"
        assert name in command("install --mode 0600")


def test_kubernetes_gets_the_secrets_that_its_manifests_mount() -> None:
    template = yaml.safe_load((ROOT / "deploy" / "kubernetes" / "secret.yaml.example").read_text(encoding="utf-8"))
    made = re.findall(r"--from-file=([\w-]+)", command("kubectl --namespace chatbot create secret"))
    assert set(made) == template["stringData"].keys()
