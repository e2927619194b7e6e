"""The Kubernetes manifests, by rules of our own: the published schemas are 70 MB and no dependency of these tests.

Every key that stands in a manifest is in `KEYS`, so a slip in a name is found as a strict schema finds it. When they were written, all
manifests were also checked against the strict schemas of Kubernetes 1.25 and 1.37.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from chatbot.runtime.settings import environment
from chatbot.runtime.settings.place import VARIABLE
from chatbot.runtime.settings.settings import Settings, load
from tests.packaging.dockerfile import read_dockerfile
from tests.packaging.installation import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"
FILES = sorted(FOLDER.iterdir())
IMAGE = read_dockerfile(ROOT / "Dockerfile")[-1]

METADATA = {"name", "labels"}
# The keys that may stand at each place; `[]` is an item of a list, `*` any name.
KEYS = {
    "ConfigMap": {"": {"apiVersion", "kind", "metadata", "data"}, "metadata": METADATA, "data": {"*"}},
    "Secret": {"": {"apiVersion", "kind", "metadata", "type", "stringData"}, "metadata": METADATA, "stringData": {"*"}},
    "PersistentVolumeClaim": {
        "": {"apiVersion", "kind", "metadata", "spec"},
        "metadata": METADATA,
        "spec": {"accessModes", "resources", "storageClassName"},
        "spec.resources": {"requests"},
        "spec.resources.requests": {"storage"},
    },
    "NetworkPolicy": {
        "": {"apiVersion", "kind", "metadata", "spec"},
        "metadata": METADATA,
        "spec": {"podSelector", "policyTypes", "ingress", "egress"},
        "spec.podSelector": {"matchLabels"},
    },
    "Deployment": {
        "": {"apiVersion", "kind", "metadata", "spec"},
        "metadata": METADATA,
        "spec": {"replicas", "revisionHistoryLimit", "strategy", "selector", "template"},
        "spec.strategy": {"type"},
        "spec.selector": {"matchLabels"},
        "spec.template": {"metadata", "spec"},
        "spec.template.metadata": {"labels"},
        "spec.template.spec": {
            "automountServiceAccountToken", "enableServiceLinks", "terminationGracePeriodSeconds", "securityContext",
            "containers", "volumes",
        },
        "spec.template.spec.securityContext": {
            "runAsNonRoot", "runAsUser", "runAsGroup", "fsGroup", "fsGroupChangePolicy", "seccompProfile",
        },
        "spec.template.spec.securityContext.seccompProfile": {"type"},
        "spec.template.spec.containers[]": {
            "name", "image", "imagePullPolicy", "env", "securityContext", "resources", "startupProbe", "livenessProbe",
            "readinessProbe", "volumeMounts",
        },
        "spec.template.spec.containers[].env[]": {"name", "value"},
        "spec.template.spec.containers[].securityContext": {"allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"},
        "spec.template.spec.containers[].securityContext.capabilities": {"drop"},
        "spec.template.spec.containers[].resources": {"requests", "limits"},
        "spec.template.spec.containers[].resources.requests": {"cpu", "memory"},
        "spec.template.spec.containers[].resources.limits": {"cpu", "memory"},
        **{
            f"spec.template.spec.containers[].{probe}{below}": keys
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
            for below, keys in (("", {"exec", "periodSeconds", "timeoutSeconds", "failureThreshold"}), (".exec", {"command"}))
        },
        "spec.template.spec.containers[].volumeMounts[]": {"name", "mountPath", "readOnly"},
        "spec.template.spec.volumes[]": {"name", "configMap", "secret", "persistentVolumeClaim", "emptyDir"},
        "spec.template.spec.volumes[].configMap": {"name"},
        "spec.template.spec.volumes[].secret": {"secretName", "defaultMode"},
        "spec.template.spec.volumes[].persistentVolumeClaim": {"claimName"},
        "spec.template.spec.volumes[].emptyDir": {"medium", "sizeLimit"},
    },
}  # fmt: skip
API = {
    "ConfigMap": "v1",
    "Secret": "v1",
    "PersistentVolumeClaim": "v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "Deployment": "apps/v1",
}
LABELS = re.compile(r".*(labels|matchLabels)$")


def documents() -> list[Any]:
    return [document for file in FILES for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


OBJECTS = {document["kind"]: document for document in documents()}
POD = OBJECTS["Deployment"]["spec"]["template"]["spec"]
(BOT,) = POD["containers"]


def tables(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of a document with its place: `spec.template.spec.volumes[]`."""
    if isinstance(value, dict):
        yield place, value
        for key, inner in value.items():
            yield from tables(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from tables(item, f"{place}[]")


def unknown_keys(document: Any) -> list[str]:
    known_keys = KEYS[document["kind"]]
    slips = []
    for place, table in tables(document):
        if LABELS.fullmatch(place):
            continue
        allowed_here = known_keys.get(place, frozenset[str]())
        slips += [f"{place}.{key}" for key in table if "*" not in allowed_here and key not in allowed_here]
    return slips


@pytest.mark.parametrize("kind", sorted(OBJECTS))
def test_every_key_is_one(kind: str) -> None:
    assert unknown_keys(OBJECTS[kind]) == []
    assert OBJECTS[kind]["apiVersion"] == API[kind]


def test_a_slip_is_noticed() -> None:
    assert unknown_keys({"kind": "PersistentVolumeClaim", "spec": {"accessmodes": []}}) == ["spec.accessmodes"]


def test_what_belongs_together_is_found_by_its_name() -> None:
    names = {kind: document["metadata"]["name"] for kind, document in OBJECTS.items()}
    volumes = {volume["name"]: volume for volume in POD["volumes"]}
    assert volumes["config"]["configMap"]["name"] == names["ConfigMap"]
    assert volumes["secrets"]["secret"]["secretName"] == names["Secret"]
    assert volumes["data"]["persistentVolumeClaim"]["claimName"] == names["PersistentVolumeClaim"]
    assert {mount["name"] for mount in BOT["volumeMounts"]} == volumes.keys()
    labels = OBJECTS["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert OBJECTS["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert OBJECTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels


def test_the_template_of_the_secret_is_not_applied_with_the_rest() -> None:
    """`kubectl apply -f FOLDER` would overwrite the real one with it."""
    applied = [file for file in FILES if file.suffix in (".yaml", ".yml", ".json")]
    assert "kind: Secret" not in "".join(file.read_text(encoding="utf-8") for file in applied)
    assert not any(OBJECTS["Secret"]["stringData"].values())


def test_one_bot_at_a_time() -> None:
    spec = OBJECTS["Deployment"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert OBJECTS["PersistentVolumeClaim"]["spec"]["accessModes"] == ["ReadWriteOncePod"]


def test_it_meets_the_restricted_pod_security_standard() -> None:
    # https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert POD["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert BOT["securityContext"]["allowPrivilegeEscalation"] is False
    assert BOT["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    kinds = {key for volume in POD["volumes"] for key in volume if key != "name"}
    assert kinds <= {"configMap", "secret", "persistentVolumeClaim", "emptyDir"}


def test_it_goes_further_than_that() -> None:
    assert BOT["securityContext"]["readOnlyRootFilesystem"] is True
    assert POD["automountServiceAccountToken"] is False
    assert POD["enableServiceLinks"] is False  # they would be variables of the bot's prefix
    assert {"cpu", "memory"} == BOT["resources"]["requests"].keys()
    assert "memory" in BOT["resources"]["limits"]


def test_it_runs_as_the_user_of_the_image_with_its_folders() -> None:
    user, group = map(int, IMAGE.last("USER").text.split(":"))
    context = POD["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (user, group, group)
    mounts = {mount["mountPath"]: mount for mount in BOT["volumeMounts"]}
    config = Path(IMAGE.last("ENV").pairs[VARIABLE])
    assert {IMAGE.last("VOLUME").text, str(config.parent), "/tmp"} <= mounts.keys()
    assert config.name in OBJECTS["ConfigMap"]["data"]
    assert [path for path, mount in mounts.items() if not mount.get("readOnly")] == [IMAGE.last("VOLUME").text, "/tmp"]


@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_probes_ask_the_bot_and_only_readiness_repeats_what_it_knows(probe: str) -> None:
    command = BOT[probe]["exec"]["command"]
    assert command == ["chatbot", "health", *(["--ready"] if probe == "readinessProbe" else [])]
    assert BOT[probe]["timeoutSeconds"] < BOT[probe]["periodSeconds"] or probe == "startupProbe"


def test_secrets_are_files_that_others_cannot_read() -> None:
    folder = next(mount["mountPath"] for mount in BOT["volumeMounts"] if mount["name"] == "secrets")
    files = {each["value"] for each in BOT["env"]}
    assert files == {f"{folder}/{name}" for name in OBJECTS["Secret"]["stringData"]}
    assert environment.read({each["name"]: each["value"] for each in BOT["env"]}, Settings)[1] == []
    mode = next(volume["secret"]["defaultMode"] for volume in POD["volumes"] if volume["name"] == "secrets")
    assert mode == 0o440


def test_its_configuration_is_right(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(OBJECTS["ConfigMap"]["data"]["config.toml"], encoding="utf-8")
    (tmp_path / "token").write_text("not-a-token")
    (tmp_path / "token").chmod(0o600)
    settings = load(tmp_path / "config.toml", {each["name"]: str(tmp_path / "token") for each in BOT["env"]})
    assert settings.database_shown.startswith("sqlite:////data/")
    assert tomllib.loads(OBJECTS["ConfigMap"]["data"]["config.toml"])["matrix"]["store_path"].startswith("/data/")
