"""What people paste is understood: addresses out of a browser, links, mentions, bare ids; what is none of these stays as it is."""

import pytest

from chatbot.cli.init.pasted import matrix_user_of, mention_of, person_of, repository_of, room_of

GITHUB = "https://github.com"


@pytest.mark.parametrize(
    ("text", "repository"),
    [
        ("acme/mailer", "acme/mailer"),
        (" acme/mailer ", "acme/mailer"),
        ("https://github.com/acme/mailer", "acme/mailer"),
        ("https://github.com/acme/mailer/", "acme/mailer"),
        ("https://GitHub.com/acme/mailer/releases/tag/v1?x=1#y", "acme/mailer"),
        ("http://www.github.com/acme/mailer.git", "acme/mailer"),
        ("github.com/acme/mailer", "acme/mailer"),
        ("www.github.com/acme/mailer", "acme/mailer"),
        ("git@github.com:acme/mailer.git", "acme/mailer"),
        ("ssh://git@github.com/acme/mailer.git", "acme/mailer"),
        ("https://github.com/acme", "acme"),
        ("https://gitlab.com/acme/mailer", "https://gitlab.com/acme/mailer"),
        ("https://github.com.example/acme/mailer", "https://github.com.example/acme/mailer"),
        ("https://acme@github.com/acme/mailer", "https://acme@github.com/acme/mailer"),
    ],
)
def test_a_repository_is_understood(text: str, repository: str) -> None:
    assert repository_of(text, GITHUB) == repository


def test_a_repository_of_github_enterprise_is_understood() -> None:
    assert repository_of("https://git.acme.example/a/b/releases", "https://git.acme.example") == "a/b"
    assert repository_of("http://127.0.0.1:8080/a/b", "http://127.0.0.1:8080") == "a/b"
    assert repository_of("https://github.com/a/b", "https://git.acme.example") == "https://github.com/a/b"


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("discord:123", "discord:123"),
        ("123", "discord:123"),
        ("<#123>", "discord:123"),
        ("https://discord.com/channels/1/123", "discord:123"),
        ("https://ptb.discord.com/channels/1/123/456", "discord:123"),
        ("https://discord.com/channels/@me/123", "discord:123"),
        ("https://discord.com.example/channels/1/123", "https://discord.com.example/channels/1/123"),
        ("https://discord.com/channels/1/x", "https://discord.com/channels/1/x"),
        ("https://[", "https://["),
        ("matrix:#a:example.org", "matrix:#a:example.org"),
        ("#a:example.org", "matrix:#a:example.org"),
        ("!a:example.org", "matrix:!a:example.org"),
        ("https://matrix.to/#/#a:example.org", "matrix:#a:example.org"),
        ("https://matrix.to/#/%23a%3Aexample.org?via=example.org", "matrix:#a:example.org"),
        ("https://matrix.to/#/!a:example.org/$event", "matrix:!a:example.org"),
        ("matrix:r/a:example.org?action=join", "matrix:#a:example.org"),
        ("matrix:roomid/a:example.org", "matrix:!a:example.org"),
        ("matrix:u/a:example.org", "matrix:u/a:example.org"),
        ("console", "console"),
        ("#releases", "matrix:#releases"),  # the setting's own rules refuse it
        ("releases", "releases"),
        ("", ""),
    ],
)
def test_a_room_is_understood(text: str, room: str) -> None:
    assert room_of(text) == room


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("discord:user:5", "discord:user:5"),
        ("<@5>", "discord:user:5"),
        ("<@!5>", "discord:user:5"),
        ("<@&5>", "discord:role:5"),
        ("@alice:example.org", "matrix:@alice:example.org"),
        ("matrix:@alice:example.org", "matrix:@alice:example.org"),
        ("https://matrix.to/#/@alice:example.org", "matrix:@alice:example.org"),
        ("matrix:u/alice:example.org", "matrix:@alice:example.org"),
        ("5", "5"),  # a user or a role: only the person can say
    ],
)
def test_a_person_is_understood(text: str, person: str) -> None:
    assert person_of(text) == person


def test_who_may_invite_is_a_user_or_a_server() -> None:
    assert matrix_user_of("https://matrix.to/#/@alice:example.org") == "@alice:example.org"
    assert matrix_user_of("matrix:@alice:example.org") == "@alice:example.org"
    assert matrix_user_of(" example.org ") == "example.org"


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("<@&9>", "role:9"),
        ("<@7>", "user:7"),
        ("discord:role:9", "role:9"),
        ("role:9", "role:9"),
        ("@alice:example.org", "user:@alice:example.org"),
        ("https://matrix.to/#/@alice:example.org", "user:@alice:example.org"),
        ("user:@alice:example.org", "user:@alice:example.org"),
        (" room ", "room"),
        ("everybody", "everybody"),
    ],
)
def test_whom_to_ping_is_understood(text: str, mention: str) -> None:
    assert mention_of(text) == mention
