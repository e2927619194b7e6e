"""`chatbot check`: all mistakes, or what follows from the settings."""

from pathlib import Path

import pytest

from tests.cli.shell import Shell

PROJECT = '[[projects]]\nid = "hello"\nrepository = "octocat/hello-world"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_right_configuration_says_what_follows(shell: Shell, tmp_path: Path) -> None:
    ran = shell("check", "--config", write(tmp_path, PROJECT))
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[:9] == [
        f"{tmp_path}/config.toml is fine.",
        "",
        "Projects",
        "  id     name   repository",
        "  hello  hello  octocat/hello-world",
        "",
        "Rooms",
        "  address  projects  events",
        "  console  hello     policy, releases, security",
    ]
    assert "Policy of hello: not read yet; run chatbot check --online" in ran.out


def test_a_comment_behind_an_address_names_the_room(shell: Shell, tmp_path: Path) -> None:
    rooms = '[[rooms]]\naddress = "discord:123"  # #releases\nprojects = ["hello"]\n'
    out = shell("check", "-c", write(tmp_path, PROJECT + '[discord]\ntoken = "t"\n' + rooms)).out
    assert "  discord:123  #releases  hello " in out


def test_without_a_token_the_delay_and_the_fix_are_stated(shell: Shell, tmp_path: Path) -> None:
    out = shell("check", "--config", write(tmp_path, PROJECT)).out
    assert "Without a token GitHub allows 60 requests an hour" in out
    assert "Set github.token" in out


def test_with_a_token_it_is_not_asked_for(shell: Shell, tmp_path: Path) -> None:
    out = shell("check", "-c", write(tmp_path, PROJECT + '[github]\ntoken = "canary-token"\n')).out
    assert "Set github.token" not in out
    assert "canary-token" not in out


def test_rooms_that_are_missing_are_reported(shell: Shell, tmp_path: Path) -> None:
    out = shell("check", "-c", write(tmp_path, PROJECT + '[discord]\ntoken = "t"\n')).out
    assert "Rooms: none; add a [[rooms]] table." in out


def test_every_mistake_is_a_line_on_standard_error(shell: Shell, tmp_path: Path) -> None:
    path = write(tmp_path, PROJECT + '[github]\ntokn = "canary"\npoll_seconds = "canary"\n')
    ran = shell("check", "--config", path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        f"{path}:5 github.tokn: unknown setting; did you mean token?",
        f"{path}:6 github.poll_seconds: is not a whole number; write a whole number without quotes",
    ]


def test_the_environment_counts(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBOT_GITHUB_TOKEN", "canary")  # the process's own environment is what is tested
    ran = shell("check", "--config", write(tmp_path, PROJECT))
    assert ran.status == 2
    assert ran.err == (
        "environment variable CHATBOT_GITHUB_TOKEN: unknown setting; did you mean CHATBOT_GITHUB__TOKEN?\n"
    )
