"""The Dockerfile's rules: what it begins from cannot change, nothing unlocked comes in, and it runs without rights."""

import fnmatch
import re
from pathlib import Path

import pytest

from chatbot.runtime.settings.place import VARIABLE
from tests.packaging.dockerfile import Stage, read_dockerfile
from tests.packaging.installation import ROOT

STAGES = read_dockerfile(ROOT / "Dockerfile")
FINAL = STAGES[-1]
PINNED = re.compile(r"(?:[a-z0-9./-]+):[\w.-]+@sha256:[0-9a-f]{64}")
INSTALLS_SYSTEM_PACKAGES = re.compile(r"\b(apt|apt-get|apk|dnf|yum|gcc|g\+\+|cc|make|build-essential|cargo)\b")
FETCHES = re.compile(r"\b(curl|wget|git|https?:)\b")
FOR_ONE_PLATFORM = re.compile(r"amd64|x86_64|arm64|aarch64|TARGETARCH", re.IGNORECASE)
USER = re.compile(r"[1-9]\d{3,}:[1-9]\d{3,}")


def every_run() -> list[str]:
    return [each.text for stage in STAGES for each in stage.all("RUN")]


def test_the_reader_knows_stages_flags_and_both_forms(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(
        '# a\nFROM a:1@sha256:b AS x\nrun one \\\n  # within\n  && two\nFROM --platform=$BUILDPLATFORM c\nCOPY --from=x /a /b\nCMD ["d", "e f"]\nENV A=1 B="2 3"\n'
    )
    first, second = read_dockerfile(path)
    assert (first.base, first.name, first.last("RUN").text) == ("a:1@sha256:b", "x", "one  && two")
    assert (second.base, second.last("COPY").without_flags.words) == ("c", ["/a", "/b"])
    assert (second.last("CMD").words, second.last("ENV").pairs) == (["d", "e f"], {"A": "1", "B": "2 3"})


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name or "final")
def test_what_it_begins_from_is_pinned_by_digest_and_has_a_tag_for_people(stage: Stage) -> None:
    assert PINNED.fullmatch(stage.base)


def test_all_stages_begin_from_the_same_image() -> None:
    assert len({stage.base for stage in STAGES}) == 1


def test_every_package_is_checked_by_hash_or_comes_from_the_stage_itself() -> None:
    commands = [each for run in every_run() for each in re.split(r"&&|;", run) if re.search(r"/pip\b", each)]
    assert len(commands) >= 4
    for command in commands:
        assert "--require-hashes" in command or "--no-index" in command, command
        if "-r " in command:
            assert "--only-binary :all:" in command, command
        if "--no-binary" in command or command.rstrip().endswith(" ."):
            assert "--no-build-isolation" in command, command  # or pip fetches whatever builds it


def test_no_compiler_and_no_package_of_the_system_is_installed_and_nothing_is_downloaded_past_pip() -> None:
    assert not [run for run in every_run() if INSTALLS_SYSTEM_PACKAGES.search(run) or FETCHES.search(run)]
    assert not [each for stage in STAGES for each in stage.all("ADD")]


def test_the_last_stage_gets_only_the_finished_program() -> None:
    (copy,) = FINAL.all("COPY")
    assert copy.text.startswith("--from=")
    assert copy.without_flags.words == ["/opt/chatbot", "/opt/chatbot"]
    assert not [run for run in FINAL.all("RUN") if re.search(r"\bpip\b|python -m", run.text)]


def test_no_step_is_for_one_platform() -> None:
    assert not [run for run in every_run() if FOR_ONE_PLATFORM.search(run)]
    assert "--platform" not in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_it_runs_as_a_user_by_number_who_owns_the_data_alone() -> None:
    user = FINAL.last("USER").text
    assert USER.fullmatch(user)  # by number, or Kubernetes cannot tell that it is not root
    positions = [each.name for each in FINAL.instructions]
    assert positions.index("USER") > max(index for index, name in enumerate(positions) if name in ("RUN", "COPY"))
    owner, group = user.split(":")
    assert re.search(rf"--owner {owner} --group {group} --mode 0700 /data", FINAL.last("RUN").text)


def test_everything_that_is_written_is_in_the_volume() -> None:
    assert FINAL.last("WORKDIR").text == FINAL.last("VOLUME").text == "/data"
    variables = FINAL.last("ENV").pairs
    assert variables["PYTHONDONTWRITEBYTECODE"] == "1"  # the root may be read-only
    assert variables[VARIABLE] == "/etc/chatbot/config.toml"


def test_health_is_asked_of_the_program_itself() -> None:
    check = FINAL.last("HEALTHCHECK")
    kind, _, command = check.without_flags.text.partition(" ")
    assert (kind, command) == ("CMD", '["chatbot", "health"]')
    assert {"--interval", "--timeout", "--start-period"} <= {word.partition("=")[0] for word in check.text.split()}


def test_the_program_gets_the_signals() -> None:
    assert FINAL.last("ENTRYPOINT").is_exec  # a shell between them would keep SIGTERM to itself
    assert FINAL.last("CMD").is_exec
    assert (FINAL.last("ENTRYPOINT").words, FINAL.last("CMD").words) == (["chatbot"], ["run"])
    assert FINAL.last("STOPSIGNAL").text == "SIGTERM"


def test_it_says_what_it_is() -> None:
    labels = FINAL.last("LABEL").pairs
    wanted = {"title", "description", "licenses", "version", "revision", "source", "base.name"}
    assert {f"org.opencontainers.image.{name}" for name in wanted} <= labels.keys()
    assert labels["org.opencontainers.image.base.name"].endswith(FINAL.base.partition("@")[0])
    arguments = {name for each in FINAL.all("ARG") for name in each.pairs}
    assert set(re.findall(r"\$\{(\w+)\}", " ".join(labels.values()))) == arguments


def test_no_secret_is_in_the_image() -> None:
    names = [name for stage in STAGES for kind in ("ENV", "ARG") for each in stage.all(kind) for name in each.pairs]
    assert not [name for name in names if re.search(r"TOKEN|PASSWORD|SECRET|KEY", name)]


def test_what_it_copies_is_here_and_reaches_the_build() -> None:
    """.dockerignore leaves everything out that it does not name."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    admitted = [line[1:] for line in lines if line.startswith("!")]
    sources = [
        word for each in STAGES[0].all("COPY") if "--from" not in each.text for word in each.without_flags.words[:-1]
    ]
    assert "." not in sources
    assert sorted(sources) == sorted(admitted)
    assert not [source for source in sources if not (ROOT / source).exists()]
    assert not [name for name in admitted if fnmatch.fnmatch(name, "*config*") or "secret" in name]
