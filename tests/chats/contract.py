"""The laws that every chat keeps. Each takes a stage: a chat that is ready, a room where it may speak, and an observer there."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

import pytest

from chatbot.core.announce.messages import announcement_id, delivery_key
from chatbot.core.checks.result import RoomToCheck
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import (
    BulletList,
    Code,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Mention,
    Message,
    Quote,
    Strong,
    Struck,
    Tone,
    field_of,
    paragraph,
    text,
)
from chatbot.ports import Ability, Chat, ChatRefused, Outgoing


class Stage(Protocol):
    """`nowhere` is the address of a room that does not take messages, empty where there is none such. `mention` is somebody
    in the room who can be called, None where nobody can."""

    @property
    def chat(self) -> Chat: ...

    @property
    def room(self) -> str: ...

    @property
    def nowhere(self) -> str: ...

    @property
    def mention(self) -> Mention | None: ...

    async def texts(self) -> Sequence[str]:
        """What a person in the room reads, a text for each of the bot's messages, the oldest first. Where a chat cannot
        edit in place, the new words follow the old."""

    async def calls(self) -> int:
        """How many people were called by name or role, or all at once, since the stage was set."""


PLAIN = Message(title="Example 1.2.3", tone=Tone.ROUTINE, url="https://example.org/1.2.3", body=(paragraph("First."),))
EVERY_SHAPE = Message(
    title="Shapes",
    tone=Tone.SECURITY,
    url="https://example.org/a",
    fields=(field_of("Label", "fact", Code("x < 1"), Link("place", "https://example.org/b")),),
    body=(
        Heading(1, text("Head")),
        paragraph("Words ", Strong("strong"), " ", Code("code"), " ", Struck("struck"), " ", Link("link", "https://example.org/c")),
        BulletList((ListItem(text("outer")), ListItem(text("inner"), 1))),
        BulletList((ListItem(text("one")), ListItem(text("two"))), ordered=True),
        CodeBlock("line 1\nline 2"),
        Quote((paragraph("quoted"), BulletList((ListItem(text("within")),)))),
    ),
    links=(Link("Whole", "https://example.org/whole"),),
    footer="small print",
)  # fmt: skip
SHAPES = ("Shapes", "Label", "fact", "x < 1", "Head", "strong", "code", "struck", "outer", "inner", "two", "line 2", "quoted", "within", "small print")  # fmt: skip
FOREIGN = "@everyone @here @room <@1> <@&5> <@!2> <#3> [x](https://evil.example) matrix.to <b>b</b> \u202egnp\x07\x00"
HOSTILE = Message(
    title=FOREIGN,
    tone=Tone.ROUTINE,
    url="https://example.org/",
    fields=(field_of(FOREIGN, FOREIGN, Code(FOREIGN), Link(FOREIGN, "https://example.org/x")),),
    body=(
        Heading(2, text(FOREIGN)),
        paragraph(FOREIGN),
        CodeBlock(f"```\n{FOREIGN}\n```"),
        Quote((paragraph(FOREIGN),)),
    ),
    links=(Link(FOREIGN, "https://example.org/y"),),
    footer=FOREIGN,
)


def outgoing(stage: Stage, message: Message, subject: str = "one", revision: int = 1, **more: str) -> Outgoing:
    name = announcement_id(RoomAddress(stage.room), subject)
    kind = "reply" if "reply_to" in more else "edit" if "replaces" in more else "new"
    delivery = Outgoing(
        key=delivery_key(name, revision, kind), announcement=name, room=RoomAddress(stage.room), message=message
    )
    return replace(delivery, **more)  # type: ignore[arg-type]  # only its text fields are named


async def it_has_the_name_that_its_rooms_use(stage: Stage) -> None:
    assert RoomAddress(stage.room).chat == stage.chat.name
    assert stage.chat.abilities <= set(Ability)


async def it_posts_new_words(stage: Stage) -> None:
    await stage.chat.ready()
    one = await stage.chat.send(outgoing(stage, PLAIN))
    two = await stage.chat.send(outgoing(stage, replace(PLAIN, title="Example 1.2.4"), "two"))
    assert one
    assert two
    assert one != two
    texts = await stage.texts()
    assert len(texts) == 2
    assert "First." in texts[0]
    assert "2.4" in texts[1]


async def it_shows_every_shape_of_words(stage: Stage) -> None:
    await stage.chat.send(outgoing(stage, EVERY_SHAPE))
    text = "\n".join(await stage.texts())
    assert [word for word in SHAPES if word not in text] == []
    assert "https://example.org/whole" in text


async def it_edits_in_place_and_pings_nobody(stage: Stage) -> None:
    if Ability.EDIT not in stage.chat.abilities:
        return
    first = await stage.chat.send(outgoing(stage, PLAIN))
    mentions = (stage.mention,) if stage.mention else ()
    second = replace(PLAIN, title="Example 1.2.3 again", body=(paragraph("Second."),), mentions=mentions)
    reference = await stage.chat.edit(outgoing(stage, second, revision=2, replaces=first))
    assert reference
    third = replace(PLAIN, title="Example 1.2.3 at last", body=(paragraph("Third."),))
    await stage.chat.edit(outgoing(stage, third, revision=3, replaces=reference))
    texts = await stage.texts()
    assert "Third." in texts[-1]
    assert await stage.calls() == 0
    if Ability.HISTORY in stage.chat.abilities:
        assert len(texts) == 1
        assert "Second." not in texts[0]


async def it_answers_below_a_message(stage: Stage) -> None:
    if Ability.REPLY not in stage.chat.abilities:
        return
    first = await stage.chat.send(outgoing(stage, PLAIN))
    reply = replace(PLAIN, title="It is worse", body=(paragraph("Reply."),))
    second = await stage.chat.send(outgoing(stage, reply, revision=2, reply_to=first))
    assert second not in {"", first}
    assert "Reply." in (await stage.texts())[-1]


async def it_pings_whom_the_message_names_and_nobody_else(stage: Stage) -> None:
    await stage.chat.send(outgoing(stage, HOSTILE))
    assert await stage.calls() == 0
    if stage.mention is None:
        return
    loud = replace(HOSTILE, mentions=(stage.mention,), tone=Tone.SECURITY)
    await stage.chat.send(outgoing(stage, loud, "two"))
    assert await stage.calls() == 1


async def it_shows_no_control_characters(stage: Stage) -> None:
    await stage.chat.send(outgoing(stage, HOSTILE))
    text = "".join(await stage.texts())
    assert not {"\x07", "\x00", "\u202e", "\x1b"} & set(text)


async def a_repeat_with_the_same_key_is_not_posted_twice(stage: Stage) -> None:
    if Ability.HISTORY not in stage.chat.abilities:
        return
    one = await stage.chat.send(outgoing(stage, PLAIN))
    again = await stage.chat.send(outgoing(stage, PLAIN))
    assert one == again
    assert len(await stage.texts()) == 1


async def it_finds_what_it_posted_and_only_that(stage: Stage) -> None:
    assert await stage.chat.find(outgoing(stage, PLAIN)) is None
    if Ability.HISTORY not in stage.chat.abilities:
        return
    reference = await stage.chat.send(outgoing(stage, PLAIN))
    assert await stage.chat.find(outgoing(stage, PLAIN)) == reference
    assert await stage.chat.find(outgoing(stage, PLAIN, "two")) is None
    edit = outgoing(stage, replace(PLAIN, title="Example 1.2.3 again"), revision=2, replaces=reference)
    assert await stage.chat.find(edit) is None
    await stage.chat.edit(edit)
    assert await stage.chat.find(edit)


async def it_cuts_what_is_too_long_and_keeps_the_way_to_the_whole(stage: Stage) -> None:
    notes = tuple(paragraph(f"Line {number}. " + "word " * 40) for number in range(1000))
    long = replace(
        EVERY_SHAPE, title="T" * 5000, body=notes, fields=tuple(field_of("F" * 500, "v" * 3000) for _ in range(60))
    )
    await stage.chat.send(outgoing(stage, long))
    await stage.chat.send(outgoing(stage, replace(EVERY_SHAPE, body=(CodeBlock("x" * 200_000),)), "two"))
    texts = await stage.texts()
    assert all(len(text) < 70_000 for text in texts)
    assert all("https://example.org/" in text for text in texts)


async def an_empty_message_is_no_fault(stage: Stage) -> None:
    assert await stage.chat.send(outgoing(stage, Message(title="Only this", tone=Tone.UNSURE)))
    assert "Only this" in (await stage.texts())[-1]


async def a_room_that_does_not_take_messages_refuses(stage: Stage) -> None:
    if not stage.nowhere:
        return
    with pytest.raises(ChatRefused) as refusal:
        await stage.chat.send(replace(outgoing(stage, PLAIN), room=RoomAddress(stage.nowhere)))
    assert str(refusal.value)


async def a_check_names_what_is_wrong(stage: Stage) -> None:
    good, bad = (RoomToCheck(address=RoomAddress(each)) for each in (stage.room, stage.nowhere or "elsewhere:1"))
    results = await stage.chat.check([good, bad])
    assert [each.verdict for each in results if each.subject == good.address] == ["fine"]
    assert [each.verdict for each in results if each.subject == bad.address] == ["wrong"]
    assert [each.subject for each in results if each.kind == "room"] == [good.address, bad.address]
    assert all(each.words.strip() for each in results)


async def what_it_removes_is_gone(stage: Stage) -> None:
    if Ability.REMOVE not in stage.chat.abilities:
        return
    reference = await stage.chat.send(outgoing(stage, replace(PLAIN, title="Only for a moment")))
    assert any("Only for a moment" in text for text in await stage.texts())
    for _ in range(2):  # what is gone is no error
        await stage.chat.remove(RoomAddress(stage.room), reference)
    assert not any("Only for a moment" in text for text in await stage.texts())


async def closing_twice_is_no_fault(stage: Stage) -> None:
    await stage.chat.close()
    await stage.chat.close()


Law = Callable[[Stage], Awaitable[None]]
LAWS: tuple[Law, ...] = (
    it_has_the_name_that_its_rooms_use,
    it_posts_new_words,
    it_shows_every_shape_of_words,
    it_edits_in_place_and_pings_nobody,
    it_answers_below_a_message,
    it_pings_whom_the_message_names_and_nobody_else,
    it_shows_no_control_characters,
    a_repeat_with_the_same_key_is_not_posted_twice,
    it_finds_what_it_posted_and_only_that,
    it_cuts_what_is_too_long_and_keeps_the_way_to_the_whole,
    an_empty_message_is_no_fault,
    a_room_that_does_not_take_messages_refuses,
    a_check_names_what_is_wrong,
    what_it_removes_is_gone,
    closing_twice_is_no_fault,
)
every_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
