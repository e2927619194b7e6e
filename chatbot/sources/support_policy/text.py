"""The bytes of a policy page -> its text, or why nobody can read it."""

import base64
from collections.abc import Mapping
from datetime import datetime

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId
from chatbot.core.text import patterns
from chatbot.ports import Batch
from chatbot.sources.http.json_body import decode

MAX_PAGE = 512 * 1024
MAX_BYTES = 256 * 1024
MAX_ROWS = 2000
_MAX_LINE = 32 * 1024
_MAX_COLUMNS = 100
_MAX_LINKS = 5000
_MAX_LINES = 10_000
_MAX_MARKUP = 20_000  # signs of emphasis, code and HTML; as many cells
_DENSE = (
    f"The page has more than {_MAX_LINES} lines, {_MAX_LINKS} links or {_MAX_MARKUP} signs of markup and was not read."
)
NO_WORDS = "\N{REPLACEMENT CHARACTER}" * 32
"""The text of a page that nobody can read begins with it: `security_md` takes so many of these for no text at all."""
# A comment ends at its first `-->`.
_HTML = patterns.compile(
    r"\s*(?:<!--(?:[^-]|-[^-]|--+[^->])*--+>\s*)*<(?:!doctype\s+html|html[\s>])", ignore_case=True, dot_all=True
)


class UnreadablePage(ValueError):
    """The page is no Markdown text; the message ends a sentence that begins with its path. `fix` is what its keeper can do."""

    def __init__(self, why: str, fix: str = "") -> None:
        super().__init__(why)
        self.fix = fix


def read_text(body: bytes) -> str:
    """The text of a page. Raises UnreadablePage."""
    if len(body) > MAX_PAGE:
        raise UnreadablePage(
            f"is longer than {MAX_PAGE // 1024} KiB", "Shorten it, or move what is not policy elsewhere."
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise UnreadablePage("is not UTF-8", f"Save it as UTF-8; the first wrong byte is at {wrong.start}.") from wrong
    if "\0" in text:
        raise UnreadablePage("is not text", "Put the Markdown text of the policy there, and no other kind of file.")
    if _HTML.match(text[:4096]):
        fix = "Put the Markdown itself there, not the page that shows it."
        raise UnreadablePage("is an HTML page: give the address of the Markdown itself", fix)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def file_of(body: bytes) -> tuple[str, str]:
    """The text of a file in GitHub's JSON, and its address for readers. Raises UnreadablePage and NoJson."""
    item = decode(body)
    if not isinstance(item, dict):
        raise UnreadablePage("is a folder")
    content, url = item.get("content"), item.get("html_url")
    if item.get("type", "file") != "file" or item.get("encoding") != "base64" or not isinstance(content, str):
        raise UnreadablePage("is not a readable file (a link, a submodule, or too large)")
    try:
        raw = base64.b64decode(content, validate=False)
    except ValueError as wrong:
        raise UnreadablePage("came badly encoded") from wrong
    return read_text(raw), url if isinstance(url, str) else ""


def wordless(project: ProjectId, path: str, why: UnreadablePage, read_at: datetime, cursor: Mapping[str, str]) -> Batch:
    """There is a page, but not one that anybody can read: it comes with no words, beside the reason."""
    page = PolicyPage(project=project, text=f"{NO_WORDS}{why}", path=path, unreadable=str(why))
    return Batch(observed=(page,), cursor=cursor, read_at=read_at, unreadable=(f"{path} {why}",))


def refusal(text: str) -> tuple[str, str]:
    """Why a text is not even parsed, and what its keeper can do; empty where nothing speaks against it."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return "The page is larger than 256 KiB and was not read.", "Shorten it, or move what is not policy elsewhere."
    if "\x00" in text or text.count("\ufffd") > 20:
        return "The page is not text and was not read.", "Save the Markdown text of the policy as UTF-8."
    if (
        text.count("\n|") > MAX_ROWS
        or text.casefold().count("<tr") > MAX_ROWS
        or sum("|" in line for line in text.splitlines()) > MAX_ROWS
    ):
        fix = "Write one row for a line such as 1.2.x instead of one for each release."
        return "The page has more than 2,000 table rows and was not read.", fix
    lines = text.splitlines()
    if any(len(line) > _MAX_LINE for line in lines):
        return "The page has a line of more than 32 KiB and was not read.", "Break the line up."
    if len(lines) > _MAX_LINES or text.count("[") > _MAX_LINKS or any(each > _MAX_MARKUP for each in _markup(text)):
        return _DENSE, "Shorten it, or move what is not policy elsewhere."
    if any(line.count("|") > _MAX_COLUMNS for line in lines):
        return f"The page has a table of more than {_MAX_COLUMNS} columns and was not read.", "Write versions as rows."
    return "", ""


def _markup(text: str) -> tuple[int, int]:
    """How many cells there may be, and how many signs of emphasis, code and HTML."""
    return text.count("|"), sum(text.count(sign) for sign in "*_~`<\\")
