"""Notes in short: what breaks comes first, about twelve lines, cut where a section begins, and nothing is cut in the middle."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.core.announce.notes.sections import first_ones, level_of, sections
from chatbot.core.announce.notes.short import ROOM, full_notes, short_notes
from chatbot.core.announce.notes.size import Size, of_blocks, of_words
from chatbot.core.model.message import (
    Block,
    BulletList,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Paragraph,
    Quote,
    Strong,
    Text,
    plain,
)
from tests.core.announce.notes.show import PAGE, full, lines, parsed, short
from tests.examples import scaled

PULL = "https://forge.example/acme/mailer/pull"


def items(count: int, word: str = "Fix") -> str:
    return "".join(f"* {word} number {number} by @user in {PULL}/{number}\n" for number in range(1, count + 1))


def test_a_generated_list_of_sixty_lines_is_a_dozen_with_a_way_to_the_rest() -> None:
    notes = short(
        "## What's Changed\n" + items(60) + "\n**Full Changelog**: https://forge.example/acme/mailer/compare/v1...v2"
    )
    assert notes.cut
    assert lines(notes.blocks)[0] == "- Fix number 1 ([#1](pull/1))"
    assert 8 <= len(lines(notes.blocks)) <= ROOM.lines


def test_a_breaking_section_at_the_end_comes_first() -> None:
    notes = short(
        f"Words before.\n\n## Added\n{items(20)}\n## Fixed\n{items(20)}\n## Breaking changes\n* The port is 25 now.\n"
    )
    assert lines(notes.blocks)[:4] == ["Words before.", "## Breaking changes", "- The port is 25 now.", "## Added"]
    assert notes.cut


@pytest.mark.parametrize(
    "title",
    [
        "Breaking changes",
        "⚠️ BREAKING CHANGES",
        "Breaking",
        "💥 Attention",
        "Backwards-incompatible changes",
        "Incompatibilities",
        "BC breaks",
        "Compatibility notes",
        "Upgrade notes",
        "Upgrading from 1.x",
        "How to upgrade",
        "Upgrade guide",
        "Update instructions",
        "Before you upgrade",
        "Migration",
        "Migrating from v1",
        "Action required",
        "Manual steps",
        "Required actions",
        "Security",
        "Security fixes",
        "🔒 Security",
        "Vulnerabilities",
        "CVEs",
        "Advisories",
    ],
)
@pytest.mark.parametrize("form", ["## {}", "**{}**", "{}\n---", "<h3>{}</h3>\n"])
def test_what_readers_need_first(title: str, form: str) -> None:
    text = f"## Added\n\n- a\n\n{form.format(title)}\n\n- b\n\n## Changed\n\n- c"
    text_lines = lines(short(text).blocks)
    assert text_lines[1] == "- b"
    assert text_lines[2:] == ["## Added", "- a", "## Changed", "- c"]


@pytest.mark.parametrize(
    "title",
    [
        "No breaking changes",
        "Non-breaking changes",
        "Fixed",
        "Dependency updates",
        "Secure by default",
        "Upgraded dependencies",
    ],
)
def test_what_stays_in_its_place(title: str) -> None:
    text_lines = lines(short(f"## Added\n- a\n\n## {title}\n- b\n").blocks)
    assert text_lines[0] == "## Added"


def test_what_comes_first_keeps_its_order_and_what_is_below_it() -> None:
    text = "## Fixed\n- f\n\n## Upgrade notes\n- u\n### Docker\n- d\n#### Tags\n- t\n\n## Added\n- a\n\n### Security\n- s\n### Other\n- o"
    assert lines(short(text).blocks) == [
        *["## Upgrade notes", "- u", "### Docker", "- d", "#### Tags", "- t"],
        *["### Security", "- s", "## Fixed", "- f", "## Added", "- a"],
    ]
    assert short(text).cut


def test_a_long_introduction_leaves_room_for_what_breaks() -> None:
    text = "\n\n".join(f"Paragraph {number} " + "word " * 30 for number in range(9)) + "\n\n## Breaking changes\n- b\n"
    notes = short(text)
    text_lines = lines(notes.blocks)
    assert "## Breaking changes" in text_lines
    assert text_lines[0].startswith("Paragraph 0")
    assert text_lines.index("## Breaking changes") <= 4
    assert notes.cut


def test_it_is_cut_where_a_section_begins() -> None:
    notes = short(f"## Added\n{items(7)}\n## Fixed\n{items(7)}")
    assert lines(notes.blocks)[-1].startswith("- Fix number 7")
    assert not any("Fixed" in line for line in lines(notes.blocks))


def test_where_little_is_shown_a_section_is_cut_between_its_items() -> None:
    notes = short(f"## Added\n- a\n\n## Fixed\n{items(30)}")
    text_lines = lines(notes.blocks)
    assert text_lines[2] == "## Fixed"
    assert text_lines[-1].endswith(")"), "an item is whole"


def test_an_item_that_introduces_others_does_not_stand_alone() -> None:
    children = "".join(f"  - child {number} {'word ' * 8}\n" for number in range(3))
    text = "".join(f"- Parent {number}:\n{children}" for number in range(9))
    text_lines = lines(short(text).blocks)
    assert text_lines[-1].startswith("  - child")


def test_no_headings() -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "word " * 50 for number in range(20))
    notes = short(text)
    assert notes.cut
    assert 2 <= len(notes.blocks) <= 5
    assert all(line.endswith("word") for line in lines(notes.blocks)), "paragraphs are whole"


def test_one_huge_paragraph_is_cut_at_a_word() -> None:
    notes = short("wonderful " * 2000)
    (line,) = lines(notes.blocks)
    assert line.endswith("wonderful…")
    assert 1000 < len(line) <= 1201
    assert notes.cut


def test_wide_letters_take_twice_the_room() -> None:
    notes = short("新しい機能を追加しました。" * 400)
    (line,) = lines(notes.blocks)
    assert 500 <= len(line) <= 601
    assert notes.cut


def test_a_huge_item_and_a_huge_code_block() -> None:
    (line,) = lines(short("- " + "word " * 2000).blocks)
    assert line.endswith("word…")
    code = short("```\n" + "line\n" * 500 + "```")
    assert lines(code.blocks)[-1] == "    …"
    assert len(lines(code.blocks)) <= ROOM.lines


def test_a_huge_quote() -> None:
    notes = short("> " + "\n>\n> ".join(["word " * 60] * 30))
    assert len(notes.blocks) == 1
    assert notes.cut


@pytest.mark.parametrize(
    "text", ["", "## Added", "## Added\n\n## Fixed\n", "<!-- x -->", "![banner](https://a.example/b.png)"]
)
def test_nothing_to_read_is_nothing(text: str) -> None:
    notes = short(text)
    assert notes.blocks == ()
    assert not notes.cut


def test_headings_that_nothing_belongs_to_are_dropped() -> None:
    assert lines(short("# A\n## B\n- b\n## C\n# D\n\n**E**\n\n- e\n\n**F**").blocks) == [
        "# A",
        "## B",
        "- b",
        "# D",
        "**E**",
        "- e",
    ]


def test_what_was_cut_when_it_was_read_is_cut() -> None:
    blocks = (Paragraph((Text("a"),)), Paragraph((Text("… "), Link("read the whole text", PAGE))))
    notes = short_notes(blocks, PAGE)
    assert lines(notes.blocks) == ["a"]
    assert notes.cut


SPANS = st.lists(
    st.builds(Text, st.text("ab 新.:@#\n", min_size=1, max_size=80))
    | st.builds(Strong, st.text("ab ", min_size=1, max_size=20))
    | st.builds(Link, st.sampled_from(["a link", f"{PULL}/812"]), st.just(f"{PULL}/812")),
    min_size=1,
    max_size=4,
).map(tuple)
TITLES = st.sampled_from(
    ["Added", "Breaking changes", "Fixed", "Security", "Upgrade notes", "Dependencies", "New Contributors"]
)
ITEMS = st.lists(st.builds(ListItem, SPANS, st.integers(0, 2)), min_size=1, max_size=20).map(tuple)
FLAT: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, SPANS),
    st.builds(lambda level, title: Heading(level, (Text(title),)), st.integers(1, 6), TITLES),
    st.builds(lambda title: Paragraph((Strong(title),)), TITLES),
    st.builds(BulletList, ITEMS),
    st.builds(CodeBlock, st.text("ab\n", min_size=1, max_size=300)),
)
BLOCKS = st.lists(FLAT | st.builds(Quote, st.lists(FLAT, max_size=3).map(tuple)), max_size=14).map(tuple)


@given(BLOCKS)
@settings(max_examples=scaled(300))
def test_it_is_never_longer_than_its_room_and_one_line(blocks: tuple[Block, ...]) -> None:
    notes = short_notes(blocks, PAGE)
    size = of_blocks(notes.blocks)
    assert size.within(ROOM + Size(1, 100))
    assert notes.cut or not notes.blocks or not level_of(notes.blocks[-1])


@given(BLOCKS)
@settings(max_examples=scaled(300))
def test_in_short_it_is_as_short_as_it_gets(blocks: tuple[Block, ...]) -> None:
    once = short_notes(blocks, PAGE)
    assert short_notes(once.blocks, PAGE).blocks == once.blocks


@given(BLOCKS)
def test_in_full_nothing_is_lost_and_full_stays_full(blocks: tuple[Block, ...]) -> None:
    notes = full_notes(blocks, PAGE)
    assert not notes.cut
    assert full_notes(notes.blocks, PAGE) == notes
    assert _count(notes.blocks) == _count(blocks)


def _count(blocks: Sequence[Block]) -> int:
    """How many items and lines there are with words in them."""
    total = 0
    for block in blocks:
        match block:
            case BulletList(items=rows):
                total += sum(bool(plain(item.spans).strip()) for item in rows)
            case Quote(blocks=inner):
                total += _count(inner)
            case Paragraph(spans=spans) | Heading(spans=spans):
                total += bool(plain(spans).strip())
            case CodeBlock():
                total += 1
    return total


@given(BLOCKS)
def test_sections_keep_their_order(blocks: tuple[Block, ...]) -> None:
    parts = sections(blocks)
    first, others = first_ones(parts)
    places = {id(part): place for place, part in enumerate(parts)}
    assert sorted(places[id(part)] for part in [*first, *others]) == list(range(len(parts)))
    for group in (first, others):
        assert sorted(group, key=lambda part: places[id(part)]) == group
    assert [block for part in parts for block in part.blocks] == list(blocks)


@given(BLOCKS)
def test_what_is_shown_whole_was_there(blocks: tuple[Block, ...]) -> None:
    """No item is cut in its middle: each that is shown is one of the full notes, or ends in the mark of a cut."""
    whole = {line for text in lines(full_notes(blocks, PAGE).blocks) for line in text.split("\n")}
    for text in lines(short_notes(blocks, PAGE).blocks):
        assert all(line in whole or line.rstrip().endswith("…") for line in text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "* a by @b in https://forge.example/acme/mailer/pull/1\n",
        "word ",
        "| a | b |\n|-|-|\n| c | d |\n\n",
        ":tada",
        "## a\n",
        "**a**\n\n",
        "新",
    ],
    ids=["items", "words", "tables", "colons", "headings", "bold", "wide"],
)
def test_twice_the_notes_take_twice_the_time(text: str) -> None:
    """Counted in steps of the interpreter, which no other process slows down."""
    few, many = (parsed(text * (size // len(text)))[:399] for size in (8_000, 32_000))
    assert _steps(many) < 6 * _steps(few) + 20_000


def _steps(blocks: Sequence[Block]) -> int:
    import sys

    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    try:
        short_notes(blocks, PAGE)
        full_notes(blocks, PAGE)
    finally:
        sys.setprofile(None)
    return steps


def test_the_size_of_words_is_that_of_their_lines() -> None:
    assert of_words("") == Size(1, 0)
    assert of_words("a" * 100) == Size(1, 100)
    assert of_words("a" * 101 + "\nb") == Size(3, 102)
    assert of_words("新" * 60) == Size(2, 120)


def test_everything_that_fits_is_shown_as_it_is() -> None:
    text = "Words.\n\n## Added\n- a\n- b\n\n## Fixed\n1. c\n2. d"
    assert short(text).blocks == full(text).blocks
    assert not short(text).cut
