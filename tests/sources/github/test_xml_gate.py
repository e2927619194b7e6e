"""What the gate before feedparser refuses for its proportions, and that an honest feed, however long its notes, passes."""

import pytest

from chatbot.sources.github.xml_gate import MAX_TAG, NotPlainXml, check_xml
from tests.sources.evil_xml import ATOM, EVIL, HEAD

ROOT = "{http://www.w3.org/2005/Atom}feed"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("100,000 attributes", "has a tag or a comment of unlikely length"),
        ("250,000 namespaces", "has a tag or a comment of unlikely length"),
        ("an attribute of 5 MB", "has a tag or a comment of unlikely length"),
        ("a name of 5 MB", "has a tag or a comment of unlikely length"),
        ("a comment of 5 MB", "has a tag or a comment of unlikely length"),
        ("1000 attributes on each of 500 elements", "has too many elements, attributes or other pieces"),
        ("1000 namespaces on each of 300 elements", "has too many elements, attributes or other pieces"),
        ("a million elements", "has too many elements, attributes or other pieces"),
        ("10,000 names", "has too many elements, attributes or other pieces"),
        ("600,000 elements with text", "has too many elements, attributes or other pieces"),
        ("700,000 comments", "has too many elements, attributes or other pieces"),
        ("a million instructions", "has too many elements, attributes or other pieces"),
        ("400,000 empty sections", "has too many elements, attributes or other pieces"),
        ("nested 200,000 deep", "has too deeply nested elements"),
        ("5 MB of lines", "has too many lines"),
        ("5 MB of carriage returns", "has too many lines"),
    ],
)
def test_what_is_out_of_proportion_is_refused_for_that(name: str, reason: str) -> None:
    with pytest.raises(NotPlainXml) as caught:
        check_xml(EVIL[name])
    assert str(caught.value) == reason


def tag(length: int) -> bytes:
    """An empty element of so many bytes, with no attribute that is long by itself."""
    parts = [b'a%d="%s" ' % (number, b"x" * 2980) for number in range(length // 3000)]
    opening = b"<e " + b"".join(parts) + b'z="'
    return opening + b"y" * (length - len(opening) - 3) + b'"/>'


@pytest.mark.parametrize("before", [0, 1, 5000, MAX_TAG - 70, MAX_TAG - 1, MAX_TAG, 100_003])
def test_a_tag_is_judged_by_its_length_wherever_it_stands(before: int) -> None:
    opening = HEAD + ATOM + b"x" * before
    assert len(tag(MAX_TAG)) == MAX_TAG
    assert check_xml(opening + tag(MAX_TAG) + b"</feed>") == ROOT
    with pytest.raises(NotPlainXml, match="a tag or a comment of unlikely length"):
        check_xml(opening + tag(2 * MAX_TAG + 1) + b"</feed>")


@pytest.mark.parametrize(
    "notes",
    [
        b"a" * 125_000,
        b"&quot;" * 125_000,
        b"&#38;&lt;td&gt;\n" * 8000,
        "é😀".encode() * 60_000,
        b"<![CDATA[" + b'<img src="data:' + b"A" * 100_000 + b'">\n' + b"]]>",
        b"<![CDATA[" + b"<p>so</p>\n" * 12_000 + b"]]>",
        b"  \n" * 40_000,
    ],
)
def test_ten_releases_with_the_longest_notes_pass(notes: bytes) -> None:
    """GitHub takes notes of 125,000 characters, and shows ten releases in a feed."""
    entry = (
        b'<entry><id>tag:github.com,2008:Repository/1/v1</id><content type="html">' + notes + b"</content></entry>\n"
    )
    assert check_xml(HEAD + ATOM + entry * 10 + b"</feed>" + b"\n" * 100) == ROOT


def test_a_tag_that_is_never_closed_is_refused_at_once() -> None:
    with pytest.raises(NotPlainXml, match="a tag or a comment of unlikely length"):
        check_xml(HEAD + b"<feed x='" + b"y" * 100_000)
