"""What a bug report shows of a text: no configured value, no secret and nothing that looks like an id, whatever stands around it."""

import json
import os
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.runtime.ops.doctor.lines import redacted_lines
from chatbot.runtime.ops.doctor.redaction import redaction
from chatbot.runtime.ops.doctor.report import shown_mistake, shown_settings
from chatbot.runtime.ops.last_lines import LastLines, keeping, place_of, read_last
from chatbot.runtime.settings.mistakes import Mistakes
from chatbot.runtime.settings.settings import Settings, load

SETTINGS = Settings.model_validate(
    {
        "database": "postgresql://keeper:pass-word-77@db.inside.example/news",
        "github": {"token": "ghp_redaction_canary_0123456789"},
        "matrix": {
            "homeserver": "https://chat.inside.example",
            "user_id": "@herald:inside.example",
            "password": "sesame-777",
        },
        "projects": [
            {"id": "windlass", "name": "Windlass Server", "repository": "capstan/windlass-core", "public": False}
        ],
        "rooms": [{"address": "matrix:!cabin:inside.example", "projects": ["windlass"], "mention": "room"}],
    }
)
NAMES = (
    "ghp_redaction_canary_0123456789",
    "sesame-777",
    "pass-word-77",
    "inside.example",
    "windlass",
    "capstan",
    "cabin",
    "herald",
)
SURROUNDINGS = st.text(
    st.characters(exclude_categories=("L", "N", "Cs")), max_size=8
)  # a name within a word is another word


@given(st.lists(st.tuples(SURROUNDINGS, st.sampled_from(NAMES), st.booleans()), max_size=6), SURROUNDINGS)
def test_no_configured_value_is_left(parts: list[tuple[str, str, bool]], end: str) -> None:
    text = "".join(f"{before} {name.upper() if loud and name in NAMES[3:] else name}" for before, name, loud in parts)
    public = redaction(SETTINGS)(f"{text} {end}").lower()
    for name in NAMES:
        assert name not in public.replace("[projects.repository]", "").replace("[rooms.projects]", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the room !abc:other.example refused", "the room [id] refused"),
        ("write to alice@other.example", "write to [e-mail]"),
        ("GET https://api.github.com/repos/a/b answered 500", "GET [address at api.github.com] answered 500"),
        ("GET https://api.github.com.evil.example/x", "GET [address]"),
        ("from 10.1.2.3 and 2001:db8:0:1:2:3", "from [ip] and [ip]"),
        ("in /var/lib/somebody/chatbot.db", "in [path]"),
        ("channel 123456789012345678", "channel [number]"),
        ("token abcdefghijklmnopqrstuvwx", "token [token]"),
        ("it answered 401 after 3 tries", "it answered 401 after 3 tries"),
        ("", ""),
    ],
)
def test_what_has_the_form_of_a_name_is_taken_out_without_a_configuration(text: str, expected: str) -> None:
    assert redaction(None)(text) == expected


def test_names_that_rooms_watch_by_command_are_taken_out() -> None:
    assert (
        redaction(None, ["github:octo/hidden-thing"])("octo/hidden-thing: octo answered") == "[name]: [name] answered"
    )


def test_settings_are_shown_without_their_texts() -> None:
    lines = shown_settings(SETTINGS)
    for line in ("github.token = set", "projects[1].repository = set", "projects[1].public = false", "rooms: 1 entry"):
        assert line in lines
    assert not [line for line in lines for name in NAMES if name in line]
    assert shown_settings(Settings()) == ["All settings have their defaults."]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[github]\ntokken = 1", "the file:2 github.tokken: unknown setting"),
        ("[projects.windlass]\nname = 1", "the file projects: is not a list"),
        ("[cabin]\nlamp = 1", "the file:1 [key]: unknown setting"),
        ('[[projects]]\nid = "windlass"\nrepository = "a/b"\n"Cabin lamp" = 1', "the file:4 projects[0].[key] [key]: unknown setting"),
        ("[cabin]\n[cabin]", "the file: is not TOML: Cannot declare ([quoted],) twice"),
        ('[[projects]]\nid = "windlass"\nrepository = "a/b"\n[[rooms]]\naddress = "console"\nprojects = ["windlas"]',
        "the file:6 rooms[0].projects[0]: is not a configured project"),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_without_names(text: str, shown: str, tmp_path: Path) -> None:
    config = tmp_path / "cabin.toml"
    config.write_text(text)
    with pytest.raises(Mistakes) as caught:
        load(config, {})
    mistakes = [shown_mistake(each, config, redaction(None)) for each in caught.value.mistakes]
    assert [mistake for mistake in mistakes if mistake.startswith(shown)], mistakes
    for name in ("windlas", "cabin", "lamp"):
        assert name not in repr(mistakes).lower()


def test_a_variable_with_a_name_in_it_is_not_shown(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("")
    for variable, shown in (("CHATBOT_GITHUB__TOKKEN", "CHATBOT_GITHUB__TOKKEN"), ("CHATBOT_CABIN__LAMP", "[key]")):
        with pytest.raises(Mistakes) as caught:
            load(config, {variable: "1"})
        mistakes = [shown_mistake(each, config, redaction(None)) for each in caught.value.mistakes]
        assert f"environment variable {shown}: unknown setting" in mistakes


def test_of_a_log_line_only_sentences_and_numbers_are_shown() -> None:
    entry = {"event": "a source failed", "level": "warning", "timestamp": "t", "title": "Windlass 2", "failures": 3}
    lines = [
        json.dumps(entry | {"reason": "capstan/windlass-core is away", "room": 17, "id": 10**12}),
        "Traceback of another",
        "[]",
        "",
    ]
    assert redacted_lines(lines, redaction(SETTINGS)) == [
        "t warning a source failed title=[10 characters] failures=3 reason=[projects.repository] is away room=17 id=[number]",
        "[a line of 20 characters that is not ours]",
        "[a line of 2 characters that is not ours]",
    ]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("an entry without a usable tag ('Cabin-7 \\u202e\\n')", "an entry without a usable tag ([quoted])"),
        ('there is no "cabin lamp" in the server\'s rooms', "there is no [quoted] in the server's rooms"),
        ("the role “Cabin crew” cannot be given: it's above the bot's", "the role [quoted] cannot be given: it's above the bot's"),
        ("discord refused discord:4711", "discord refused discord:4711"),
    ],
)  # fmt: skip
def test_what_a_sentence_quotes_is_left_out(reason: str, expected: str) -> None:
    line = json.dumps({"event": "e", "level": "warning", "timestamp": "t", "reason": reason})
    assert redacted_lines([line], redaction(None)) == [f"t warning e reason={expected}"]
    of_a_library = json.dumps({"event": reason, "level": "warning", "timestamp": "t"})
    assert redacted_lines([of_a_library], redaction(None)) == [f"t warning {expected}"]


def test_of_an_error_only_its_kind_and_where_it_arose_is_shown() -> None:
    try:
        json.loads("{cabin lamp")
    except ValueError as error:
        outer = RuntimeError('cabin lamp\n  File "/cabin/lamp.py", line 1, in lamp\nCabin: lamp')
        outer.__cause__ = error
        stack = "".join(traceback.format_exception(ExceptionGroup("cabin", [outer])))
    line = json.dumps({"event": "e", "level": "error", "timestamp": "t", "exception": stack})
    (shown,) = redacted_lines([line], redaction(None))
    assert "cabin" not in shown.lower()
    rows = [row.strip() for row in shown.splitlines()]
    assert rows[-1] == "json.decoder.JSONDecodeError"
    assert rows[-2].startswith("json/decoder.py:")
    assert rows[1].startswith("tests/runtime/ops/doctor/test_redaction.py:")


def test_a_chat_is_named_in_spite_of_the_rooms_on_it() -> None:
    public = redaction(SETTINGS)
    assert public("matrix could not be reached") == "matrix could not be reached"
    assert public("discord: nothing in matrix:!cabin:inside.example") == "discord: nothing in [rooms.address]"


def test_the_last_lines_stay_small_and_private(tmp_path: Path) -> None:
    place = tmp_path / "bot.db.log"
    lines = LastLines(place, largest=100)
    for number in range(40):
        lines.write(f"line number {number:02}\n")
    lines.flush()
    assert {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {
        "bot.db.log": 0o600,
        "bot.db.log.1": 0o600,
    }
    assert all(file.stat().st_size <= 100 for file in tmp_path.iterdir())
    assert read_last(place, 3) == ["line number 37", "line number 38", "line number 39"]
    assert len(read_last(place, 1000)) > 6
    lines.close()
    assert read_last(tmp_path / "none.log", 3) == []


def test_last_lines_that_others_could_read_become_private(tmp_path: Path) -> None:
    place = tmp_path / "bot.db.log"
    place.touch()
    place.chmod(0o666)
    LastLines(place).close()
    assert place.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["link", "hard link", "pipe"])
@pytest.mark.timeout(20)  # whoever opens a pipe that nobody reads may wait for ever
def test_the_last_lines_go_into_no_file_that_others_laid_there(kind: str, tmp_path: Path) -> None:
    place, victim = tmp_path / "bot.db.log", tmp_path / "victim"
    victim.write_text("precious")
    if kind == "link":
        place.symlink_to(victim)
    elif kind == "hard link":
        place.hardlink_to(victim)
    else:
        os.mkfifo(place)
    assert keeping(f"sqlite:///{tmp_path}/bot.db") is None
    assert victim.read_text() == "precious"


@pytest.mark.parametrize(
    ("database", "place"),
    [
        ("sqlite:///chatbot.db", "chatbot.db.log"),
        ("sqlite:////data/chatbot.db", "/data/chatbot.db.log"),
        ("sqlite://", None),
        ("postgresql://a@b/c", "chatbot.log"),
    ],
)
def test_where_the_last_lines_are_kept(database: str, place: str | None) -> None:
    assert place_of(database) == (Path(place) if place else None)
