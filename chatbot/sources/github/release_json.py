"""One release of GitHub's REST API -> a fact, or the reason why not."""

from dataclasses import replace
from datetime import UTC, datetime

from chatbot.core.model.facts import Assets, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.text.links import safe_url
from chatbot.sources.markdown.document import read_markdown

MAX_TAG = 255
_MAX_NAME = 300
_LONGEST_NAME = 10_000  # characters that are looked at
_MOST_UPLOADING, _MAX_ASSET = 10, 100
_NOT_IN_A_TAG = frozenset(" ~^:?*[\\\x7f")  # git-check-ref-format(1)


class UnreadableRelease(ValueError):
    """The item is passed over; the text says why."""


def is_tag(tag: object) -> bool:
    """Whether git would have it as a tag: what would not could lead an address astray."""
    if not isinstance(tag, str) or not 0 < len(tag) <= MAX_TAG or tag != tag.strip("/"):
        return False
    return ".." not in tag and not any(each in _NOT_IN_A_TAG or ord(each) < 32 for each in tag)


def read_time(value: object) -> datetime | None:
    """A time as GitHub's and OSV's JSON writes it; None for one that no calendar in UTC has."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # an offset may lead before the year 1 or behind 9999
        return None


def is_draft(item: object) -> bool:
    """Drafts are nobody's business; anything but a plain false counts as one."""
    return not isinstance(item, dict) or item.get("draft", False) is not False


def bare_release(item: object, *, project: ProjectId) -> Release:
    """One published release by its plain fields, without its notes. Raises UnreadableRelease."""
    if not isinstance(item, dict):
        raise UnreadableRelease("an item of the list is not a release")
    tag = item.get("tag_name")
    if not is_tag(tag):
        raise UnreadableRelease("a release without a usable tag")
    published_at = read_time(item.get("published_at"))
    if published_at is None:
        raise UnreadableRelease(f"release {tag} has no time of publication")
    name = _words(item.get("name"))[:_LONGEST_NAME]
    return Release(
        project=project,
        tag=str(tag),
        name=" ".join(name.split())[:_MAX_NAME] or str(tag),
        url=safe_url(_words(item.get("html_url"))),
        published_at=published_at,
        prerelease=item.get("prerelease") is True,
        created_at=read_time(item.get("created_at")),
        assets=_assets(item.get("assets"), immutable=item.get("immutable") is True),
    )


def _assets(items: object, *, immutable: bool) -> Assets | None:
    """The attached files; None where the answer does not list them. What is not said to be uploaded is not."""
    if not isinstance(items, list):
        return None
    uploading = [each for each in items if not isinstance(each, dict) or each.get("state") != "uploaded"]
    names = [_words(each.get("name")) if isinstance(each, dict) else "" for each in uploading[:_MOST_UPLOADING]]
    short = tuple(" ".join(name[:_LONGEST_NAME].split())[:_MAX_ASSET] or "a file without a name" for name in names)
    return Assets(number=len(items), uploading=short, immutable=immutable)


def read_release(item: object, *, project: ProjectId) -> Release:
    """Read one published release. Raises UnreadableRelease."""
    bare = bare_release(item, project=project)
    body = item.get("body") if isinstance(item, dict) else ""
    notes, cut = read_markdown(_words(body), base_url=bare.url)
    return replace(bare, notes=notes, notes_cut=cut)


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""
