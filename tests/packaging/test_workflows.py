"""The workflows: pinned, with few rights, nothing from outside in a shell; and a release publishes only what is all there."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it brings no types
import pytest
import yaml

from tests.packaging.installation import ROOT
from tests.patience import PATIENCE

FOLDER = ROOT / ".github" / "workflows"
NAMES = sorted(path.name for path in FOLDER.glob("*.yml"))
DEPENDABOT = ROOT / ".github" / "dependabot.yml"
PINNED = re.compile(r"uses: (?P<action>[\w./-]+)@(?P<sha>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)")
ZIZMOR = shutil.which("zizmor", path=str(Path(sys.executable).parent))
MAKE = (ROOT / "Makefile").read_text(encoding="utf-8")


def read_workflow(name: str) -> Any:
    """The workflow; YAML 1.1 takes its key `on` for a truth."""
    document = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in document.items()}


WORKFLOWS = {name: read_workflow(name) for name in NAMES}
JOBS = {
    f"{name.removesuffix('.yml')}-{job}": document
    for name, workflow in WORKFLOWS.items()
    for job, document in workflow["jobs"].items()
}
RELEASE = WORKFLOWS["release.yml"]["jobs"]


def vendored(name: str) -> Any:
    return json.loads(files("check_jsonschema").joinpath("builtin_schemas", "vendor", name).read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_workflow(name: str) -> None:
    jsonschema.validate(WORKFLOWS[name], vendored("github-workflows.json"))


def test_what_is_proposed_automatically_covers_actions_and_images() -> None:
    document = yaml.safe_load(DEPENDABOT.read_text(encoding="utf-8"))
    jsonschema.validate(document, vendored("dependabot.json"))
    assert {each["package-ecosystem"] for each in document["updates"]} == {"github-actions", "docker", "docker-compose"}


@pytest.mark.skipif(ZIZMOR is None, reason="zizmor is not here")
def test_zizmor_has_nothing_against_it() -> None:
    assert ZIZMOR
    command = [ZIZMOR, "--offline", "--persona", "auditor", "--format", "plain", str(ROOT / ".github")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_by_commit_and_names_its_version(name: str) -> None:
    lines = [line.strip(" -") for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


def test_one_action_has_one_version() -> None:
    texts = "".join((FOLDER / name).read_text(encoding="utf-8") for name in NAMES)
    pins = {(match["action"], match["sha"], match["version"]) for match in PINNED.finditer(texts)}
    assert len({action for action, _, _ in pins}) == len(pins)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_allowed_unless_a_job_says_so(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {}
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & WORKFLOWS[name]["on"].keys()


@pytest.mark.parametrize("job", JOBS.values(), ids=list(JOBS))
def test_a_job_ends_and_says_what_it_may(job: Any) -> None:
    assert job["timeout-minutes"] <= 90
    assert job["permissions"] is not None
    assert "write-all" not in str(job["permissions"])
    assert re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"])  # not whatever is newest on that day


def steps(job: Any) -> Iterator[Any]:
    yield from job["steps"]


@pytest.mark.parametrize("job", JOBS.values(), ids=list(JOBS))
def test_a_shell_gets_values_from_its_environment_alone(job: Any) -> None:
    assert [step["run"] for step in steps(job) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("job", JOBS.values(), ids=list(JOBS))
def test_no_job_keeps_the_token_in_its_checkout_or_a_cache(job: Any) -> None:
    for step in steps(job):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
    assert not [step for step in steps(job) if "cache" in step.get("uses", "") or "cache" in step.get("with", {})]


def test_only_reading_jobs_run_code_of_the_tree() -> None:
    """Who may write runs nothing but the pinned actions, gh and docker's client, on what was handed over."""
    for name, job in JOBS.items():
        if not {"contents", "id-token", "attestations"} & {
            right for right, value in job["permissions"].items() if value == "write"
        }:
            continue
        assert not [step for step in steps(job) if step.get("uses", "").startswith("actions/checkout@")], name
        commands = [step["run"].split()[0] for step in steps(job) if "run" in step]
        assert set(commands) <= {"gh", "docker", "mkdir"}, name


def reached(name: str) -> set[str]:
    """The jobs that must have ended well before this one begins."""
    needs = RELEASE[name].get("needs", [])
    names = {needs} if isinstance(needs, str) else set(needs)
    return names.union(*(reached(each) for each in names))


def test_publishing_comes_last_and_needs_all_the_rest() -> None:
    assert reached("publish") == RELEASE.keys() - {"publish"}
    assert reached("attest") == {"build", "draft", "image"}
    assert not [job for job in RELEASE.values() if "always()" in str(job.get("if", "")) or job.get("continue-on-error")]


def test_nothing_is_seen_before_it_is_published() -> None:
    scripts = {name: " ".join(step.get("run", "") for step in steps(job)) for name, job in RELEASE.items()}
    assert "--draft " in scripts["draft"]
    assert [name for name, script in scripts.items() if "--draft=false" in script] == ["publish"]
    assert scripts["publish"].rstrip().endswith("--draft=false --latest")  # the release page is the very last
    outputs = [step["with"]["outputs"] for step in steps(RELEASE["image"]) if "outputs" in step.get("with", {})]
    assert outputs == ["type=image,name=${{ env.IMAGE }},push-by-digest=true,name-canonical=true,push=true"]
    uses = {name for name, job in RELEASE.items() for step in steps(job) if "pypi-publish" in step.get("uses", "")}
    assert uses == {"publish"}


def test_the_image_is_for_both_platforms_and_says_how_it_was_built() -> None:
    (build,) = [step["with"] for step in steps(RELEASE["image"]) if "build-push" in step.get("uses", "")]
    assert set(build["platforms"].split(",")) == {"linux/amd64", "linux/arm64"}
    assert (build["provenance"], build["sbom"]) == ("mode=max", True)
    arguments = {line.partition("=")[0] for line in build["build-args"].splitlines()}
    declared = set(re.findall(r"^ARG (\w+)=", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    assert arguments == declared


def test_everything_is_attested() -> None:
    attested = [step["with"] for step in steps(RELEASE["attest"]) if "actions/attest@" in step.get("uses", "")]
    assert [each.get("subject-path", each.get("subject-name")) for each in attested] == [
        "dist/release_chatbot-*",
        "dist/release_chatbot-*.whl",
        "${{ env.IMAGE }}",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_what_it_makes_is_in_the_makefile(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKE, re.MULTILINE))
    for job in WORKFLOWS[name]["jobs"].values():
        for step in steps(job):
            words = step.get("run", "").split()
            if words[:1] == ["make"]:
                assert set(words[1:]) <= targets


def test_publishing_asks_a_person() -> None:
    assert RELEASE["publish"]["environment"]
