"""What we write down is read back as it was; what older programs wrote is read too."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.core.model import message
from chatbot.core.model.facts import Advisory, Affected, Credit, PolicyPage, Release, Span
from chatbot.core.model.message import Message, Tone
from chatbot.core.model.severity import Severity
from chatbot.core.queries.commands import CommandRequest, Right
from chatbot.store.database import wire
from tests.examples import scaled

words = st.text(max_size=12)
times = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone itself
spans = st.lists(
    st.one_of(
        *(st.builds(kind, words) for kind in (message.Text, message.Strong, message.Code, message.Struck)),
        st.builds(message.Link, words, words),
    ),
    max_size=3,
).map(tuple)
items = st.lists(st.builds(message.ListItem, spans, st.integers(0, 4)), max_size=3).map(tuple)
plain_blocks = st.one_of(
    st.builds(message.Paragraph, spans),
    st.builds(message.Heading, st.integers(1, 6), spans),
    st.builds(message.BulletList, items, st.booleans()),
    st.builds(message.CodeBlock, words),
)
blocks = st.recursive(
    plain_blocks, lambda inner: st.builds(message.Quote, st.lists(inner, max_size=2).map(tuple)), max_leaves=4
)
bodies = st.lists(blocks, max_size=3).map(tuple)
messages = st.builds(
    Message,
    title=words,
    tone=st.sampled_from(Tone),
    url=words,
    fields=st.lists(st.builds(message.Field, words, spans), max_size=2).map(tuple),
    body=bodies,
    links=st.lists(st.builds(message.Link, words, words), max_size=2).map(tuple),
    actions=st.lists(st.builds(message.Action, words, words, words, words), max_size=1).map(tuple),
    footer=words,
    mentions=st.lists(st.builds(message.Mention, words, words), max_size=2).map(tuple),
    at=st.none() | times,
    struck=st.booleans(),
    private=st.booleans(),
)
releases = st.builds(
    Release,
    project=words,
    tag=words,
    name=words,
    url=words,
    published_at=times,
    prerelease=st.booleans(),
    notes=bodies,
    notes_cut=st.booleans(),
)
affected = st.builds(
    Affected,
    package=words,
    spans=st.lists(st.builds(Span, introduced=words, fixed=words, last_affected=words), max_size=2).map(tuple),
    versions=st.lists(words, max_size=2).map(tuple),
)
advisories = st.builds(
    Advisory,
    project=words,
    id=words,
    aliases=st.frozensets(words, max_size=3),
    summary=words,
    description=bodies,
    severity=st.sampled_from(Severity),
    scores=st.lists(st.tuples(words, st.floats(0, 10)), max_size=2).map(tuple),
    affected=st.lists(affected, max_size=2).map(tuple),
    cwes=st.lists(words, max_size=2).map(tuple),
    credits=st.lists(st.builds(Credit, login=words, role=words), max_size=2).map(tuple),
    published_at=times,
    updated_at=times,
    withdrawn_at=st.none() | times,
    known_exploited=st.booleans(),
)
pages = st.builds(PolicyPage, project=words, text=words, committed_at=st.none() | times, exists=st.booleans())
asks = st.builds(
    CommandRequest,
    command=words,
    arguments=st.dictionaries(words, words, max_size=2),
    asker=words,
    also=st.lists(words, max_size=2).map(tuple),
    room=words,
    rights=st.frozensets(st.sampled_from(Right)),
    asked_at=times,
    key=words,
)


@settings(max_examples=scaled(60), deadline=None)
@given(st.one_of(messages, releases, advisories, pages, asks))
def test_what_is_written_is_read_back_and_equal_values_are_written_alike(value: Any) -> None:
    text = wire.dumps(value)
    again = wire.loads(type(value), text)
    assert again == value
    assert hash(again) == hash(value) if not isinstance(value, CommandRequest) else again.arguments == value.arguments
    assert wire.dumps(again) == text


def test_what_an_older_or_a_friendly_newer_program_wrote_is_readable() -> None:
    document = json.loads(wire.dumps(Message(title="t", tone=Tone.GOOD, footer="f")))
    del document["struck"], document["private"]
    document["colour"] = "unknown to us"
    assert wire.loads(Message, json.dumps(document)) == Message(title="t", tone=Tone.GOOD, footer="f")


# A question that waited in the store while the program was updated.
REQUEST = (
    '{"v":1,"kind":"ask","command":"redirect","arguments":{},"asker":"discord:user:1","also":[],"room":"discord:2",'
    '"rights":["everyone"],"stranger":false,"about":"discord:user:3","asked_at":"2026-01-01T00:00:00+00:00","key":"k"}'
)


def test_a_stored_question_keeps_the_key_of_its_target() -> None:
    request = wire.loads(CommandRequest, REQUEST)
    assert request.target == "discord:user:3"
    written = json.loads(wire.dumps(request))
    assert written == json.loads(REQUEST) | {"dm": "", "server": "", "may_ping": []}


def test_a_stored_policy_page_keeps_the_key_of_whether_it_exists() -> None:
    page = (
        '{"v":1,"kind":"policy","project":"mail","text":"","path":"","url":"","committed_at":null,"found":false,'
        '"unreadable":""}'
    )
    assert not wire.loads(PolicyPage, page).exists
    assert wire.dumps(wire.loads(PolicyPage, page)) == page


# Written by the first version; this text is never changed, only others are added.
FIRST = (
    '{"v":1,"kind":"message","title":"x","tone":"good","url":"","facts":[],"body":[{"blocks":[{"spans":[{"text":"a",'
    '"is":"text"},{"text":"b","url":"http://x/","is":"link"}],"is":"paragraph"}],"is":"quote"},{"items":[{"spans":'
    '[{"text":"a","is":"code"}],"depth":1}],"ordered":true,"is":"list"}],"links":[],"actions":[],"footer":"",'
    '"mentions":[{"kind":"role","id":"9"}],"at":"2026-01-01T00:00:00+00:00","struck":false,"private":false}'
)


def test_the_first_version_stays_readable() -> None:
    assert wire.loads(Message, FIRST) == Message(
        title="x",
        tone=Tone.GOOD,
        body=(
            message.Quote((message.paragraph("a", message.Link("b", "http://x/")),)),
            message.BulletList((message.ListItem((message.Code("a"),), 1),), ordered=True),
        ),
        mentions=(message.Mention("role", "9"),),
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"v":2,"kind":"message","title":"t","tone":"good"}',
        '{"v":1,"kind":"release","title":"t","tone":"good"}',
        '{"v":1,"kind":"message","title":"t"}',
        '{"v":1,"kind":"message","title":"t","tone":"no tone"}',
        '{"v":1,"kind":"message","title":"t","tone":"good","body":[{"is":"no block"}]}',
    ],
)
def test_what_is_none_of_ours_is_unreadable(text: str) -> None:
    with pytest.raises(wire.Unreadable):
        wire.loads(Message, text)


def test_what_is_remembered_is_bounded_by_its_texts_too() -> None:
    """Whoever publishes long texts chooses how much room they take."""
    texts = [wire.dumps(Message(title=f"{number:03}" + "x" * 1000, tone=Tone.GOOD)) for number in range(50)]
    recalled = wire.Recalled(most=20, most_text=10 * len(texts[0]))
    for text in texts:
        assert recalled.get(Message, wire.digest(text), text) == wire.loads(Message, text)
    assert len(recalled.values) == 10
    assert recalled.text == 10 * len(texts[0])
    one = wire.Recalled(most_text=5)
    assert one.get(Message, "a", texts[0]) == one.get(Message, "a", texts[0])
    assert len(one.values) == 1
    few = wire.Recalled(most=20)
    for text in texts:
        few.get(Message, wire.digest(text), text)
    assert len(few.values) == 20
