"""Every golden payload can be shown: nothing of the markup is left to see, and what the message says is there to read."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from chatbot.chats.discord.components.rows import with_row
from chatbot.chats.discord.format import to_payload
from chatbot.chats.discord.questions.choosing import with_menu
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import (
    CHOOSE,
    Action,
    Block,
    BulletList,
    CodeBlock,
    Heading,
    Link,
    Message,
    Moment,
    Paragraph,
    Quote,
    Spans,
    Tone,
)
from chatbot.core.queries.commands import CommandRequest
from tests.looks import windlass as w
from tests.looks.pictures import __main__ as looks
from tests.looks.pictures import png
from tests.looks.pictures.browser import find_chromium
from tests.looks.pictures.discord import UnknownPartError
from tests.looks.pictures.discord_markdown import document
from tests.looks.pictures.goldens import ROOT, Golden, goldens
from tests.looks.pictures.pages import MESSAGES, sheets
from tests.looks.scenes import SCENES
from tests.looks.test_golden import above_its_menu

GOLDENS = {f"{golden.chat} {golden.name}": golden for golden in goldens()}
OF_SCENES = [name for name, golden in GOLDENS.items() if golden.name in SCENES]
LEFTOVERS = re.compile(r"\*\*|~~|\|\||`|\]\(|<[t@#:]|^ *(?:#{1,6}|-#|>) |\\|</?[a-z]+[ >]", re.MULTILINE)
IN_HOSTILE = re.compile(r"\\(?![\\`])|<t:")  # foreign words may look like markup; that they show no escape is enough
INVISIBLE = re.compile(r"[\u200b\ufe0e]")
BIGGEST = 150_000  # bytes of a picture in the docs
MOST = 8


class Reader(HTMLParser):
    """The text of a page by line, and the same without code, in which signs are only signs."""

    BLOCKS = frozenset(
        ["div", "p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "small", "blockquote", "pre", "section"]
    )

    def __init__(self) -> None:
        super().__init__()
        self.text, self.outside_code, self.code = "", "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser gives them
        self.code += tag in ("code", "pre")
        if tag in self.BLOCKS:
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag in ("code", "pre")
        if tag in self.BLOCKS:
            self.handle_data("\n")

    def handle_data(self, data: str) -> None:
        self.text += data
        self.outside_code += "" if self.code else data


@cache
def text_of(name: str) -> Reader:
    golden = GOLDENS[name]
    reader = Reader()
    reader.feed(MESSAGES[golden.chat](golden))
    reader.close()
    assert reader.code == 0
    return reader


def leftovers_in(name: str) -> list[str]:
    pattern = IN_HOSTILE if "hostile" in name else LEFTOVERS
    return pattern.findall(text_of(name).outside_code)


def test_no_markup_is_left_to_see() -> None:
    assert len(GOLDENS) > 100
    assert {name: leftovers for name in GOLDENS if (leftovers := leftovers_in(name))} == {}


def words_of(spans: Spans) -> Iterator[str]:
    """What spans say; addresses as labels and moments are spelled by each chat in its own way."""
    for span in spans:
        if not isinstance(span, Moment) and not (isinstance(span, Link) and "://" in span.text):
            yield from span.text.split()


def words_of_block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(spans=spans) | Heading(spans=spans):
            yield from words_of(spans)
        case BulletList(items=items):
            yield from (word for item in items for word in words_of(item.spans))
        case CodeBlock(text=text):
            yield from text.split()
        case Quote(blocks=blocks):
            yield from (word for inner in blocks for word in words_of_block(inner))


def words_of_message(message: Message) -> Iterator[str]:
    for text in (message.label, message.title, *(each.label for each in message.fields), message.footer):
        yield from text.split()
    for spans in (*(each.spans for each in message.fields), *message.small, message.links):
        yield from words_of(spans)
    for block in message.body:
        yield from words_of_block(block)


def _message(golden: Golden) -> Message:
    """The message as its chat shows it."""
    scene = SCENES[golden.name]
    if golden.chat == "discord":
        return above_its_menu(scene)[0]
    return replace(scene.message, links=scene.message.further_links)


def unreadable_in(name: str) -> set[str]:
    text = INVISIBLE.sub("", text_of(name).text)
    words = {INVISIBLE.sub("", word) for word in words_of_message(_message(GOLDENS[name]))}
    return {word for word in words if word.strip("*_`~|\u202e") not in text}


def test_what_the_messages_say_can_be_read() -> None:
    assert {name: words for name in OF_SCENES if (words := unreadable_in(name))} == {}


def test_the_payloads_of_both_chats_are_shown() -> None:
    assert {golden.chat for golden in GOLDENS.values()} == set(MESSAGES)
    assert len(OF_SCENES) == 2 * len(SCENES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Upgrade:** 4.2.x\nnow", "<div><strong>Upgrade:</strong> 4.2.x</div><div>now</div>"),
        ("a\n\n### Fixes", '<div>a</div><div class="empty"></div><h3>Fixes</h3>'),
        ("-# ids", "<small>ids</small>"),
        ("-# ", "<div>-# </div>"),
        (r"\*\*plain\*\* \<@1>", "<div>**plain** &lt;@1&gt;</div>"),
        ("[a b](https://example.org/x)", '<div><a href="#">a b</a></div>'),
        (r"[a\_b](https://example.org/x)", '<div><a href="#">a\\_b</a></div>'),
        ("[http://x/y](https://e.org)", '<div>[<a href="#">http://x/y](https://e.org</a>)</div>'),
        (r"\[a\](https://x.example)", '<div>[a](<a href="#">https://x.example</a>)</div>'),
        ("<t:1936975320:f>", "<div><time>19 May 2031 16:42</time></div>"),
        ("`a` ``b`c`` `` `d` ``", "<div><code>a</code> <code>b`c</code> <code>`d`</code></div>"),
        ("x\n```\n**a** <b>\n```\ny", "<div>x</div><pre>**a** &lt;b&gt;</pre><div>y</div>"),
        ("> a\n> \nb", "<blockquote><div>a</div></blockquote><blockquote><br></blockquote><div>b</div>"),
        ("2. a", '<div class="item"><span class="sign">2.</span><span>a</span></div>'),
        ("~~**a** b~~", "<div><s><strong>a</strong> b</s></div>"),
        ("@everyone <@&1>", '<div><span class="mention">@everyone</span> <span class="mention">@security</span></div>'),
    ],
)
def test_discord_s_markdown(text: str, expected: str) -> None:
    assert document(text) == expected


def test_only_the_asker_sees_a_private_answer() -> None:
    golden = Golden(chat="discord", name="x", kind="answer", asked="/report", payload={"embeds": [{"title": "x"}]})
    private = Golden(chat="discord", name="x", kind="answer", asked="/report", private=True, payload=golden.payload)
    assert "Only you can see this" not in MESSAGES["discord"](golden)
    assert "Only you can see this" in MESSAGES["discord"](private)


def test_a_menu_and_its_choices_are_shown_and_a_strange_component_is_not_passed_over() -> None:
    actions = tuple(Action(CHOOSE, name, ProjectId(name.lower()), "") for name in ("Windlass", "Capstan"))
    question = CommandRequest(
        command="supported",
        arguments={"version": "4.2"},
        asker=RoomAddress("a"),
        room=RoomAddress(""),
        asked_at=w.NOW,
        key="k",
    )
    message, menu = with_menu(question, Message(title="Which project?", tone=Tone.UNSURE, actions=actions))
    assert menu is not None
    payload = to_payload(message) | {"components": with_row([], menu)}
    text = MESSAGES["discord"](Golden(chat="discord", name="x", kind="answer", payload=payload))
    assert [text.count(name) for name in ("Which project?", "Windlass", "Capstan")] == [1, 1, 1]
    strange = {"components": [{"type": 1, "components": [{"type": 10, "content": "x"}]}]}
    with pytest.raises(UnknownPartError, match="type 10"):
        MESSAGES["discord"](Golden(chat="discord", name="x", kind="new", payload=strange))
    content = {"msgtype": "m.text", "format": "org.matrix.custom.html", "m.mentions": {}, "body": "x"}
    image = Golden(chat="matrix", name="x", kind="new", payload=content | {"formatted_body": "<img src=x>"})
    with pytest.raises(UnknownPartError, match="img"):
        MESSAGES["matrix"](image)


def test_what_changed_is_named() -> None:
    now = {"discord": {"a": "1", "b": "2", "c": "3"}, "matrix": {"a": "1", "b": "2"}}
    before = {"discord": {"a": "1", "b": "2"}, "matrix": {"a": "1", "b": "other"}}
    assert looks.unchanged({"now": now, "before": before}) == {"a"}
    assert looks.unchanged({"now": now}) == set()


def test_a_sheet_has_each_scene_once() -> None:
    scenes = {f"scene-{n:02}": f"<i>{n:02}</i>" for n in range(20)}
    text = "".join(sheets(scenes, dict.fromkeys(scenes, 100)))
    assert sorted(re.findall(r"<i>(\d+)</i>", text)) == [f"{n:02}" for n in range(20)]


def test_without_chromium_there_are_pages_and_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(SystemExit):
        looks.main(out=tmp_path)
    assert "Install it" in capsys.readouterr().err
    assert "Windlass" in (tmp_path / "now" / "element-dark" / "all.html").read_text(encoding="utf-8")


def test_a_picture_says_what_it_shows() -> None:
    empty = png.SIGNATURE + bytes(25) + b"IEND"
    stamped = png.stamp(empty, png.shows("<p>"))
    assert png.stamped(stamped) == png.shows("<p>") != png.shows("<b>")
    assert png.stamped(empty) == ""


def pictures_named(path: Path) -> Iterator[Path]:
    for target in re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", path.read_text(encoding="utf-8")):
        yield (path.parent / target).resolve()


def test_the_docs_show_few_and_small_pictures_and_all_of_those() -> None:
    pictures = sorted(looks.DOCS.glob("*.png"))
    assert [path.stem for path in pictures] == sorted(looks.DOCS_PICTURES)
    assert len(pictures) <= MOST
    assert {scene for _, names in looks.DOCS_PICTURES.values() for scene in names} <= set(SCENES)
    assert [path.name for path in pictures if path.stat().st_size > BIGGEST or not png.stamped(path.read_bytes())] == []
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    assert {each for page in pages for each in pictures_named(page)} == set(pictures)


@pytest.mark.soak
def test_chromium_takes_a_picture_of_each(tmp_path: Path) -> None:
    if not find_chromium():
        pytest.skip("there is no Chromium")
    looks.main(out=tmp_path)
    for golden in GOLDENS.values():
        folder = "discord" if golden.chat == "discord" else "element-dark"
        assert (tmp_path / "now" / folder / f"{golden.name}.png").read_bytes().startswith(png.SIGNATURE)
