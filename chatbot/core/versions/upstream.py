"""The version of a project inside the version that a distribution gives to its package: `1:9.2p1-2+deb12u3` is of 9.2p1."""

from chatbot.core.text import patterns

_LONGEST = 256
# Debian, RPM, Arch and Alpine put an epoch before a colon; FreeBSD puts one behind a comma.
_EPOCH = patterns.compile(r"[0-9]{1,4}:(.+)")
_PORT_EPOCH = patterns.compile(r"(.*?[0-9])(?:_[0-9]{1,4})?,[0-9]{1,4}")
# What only a distribution writes into a revision: Debian, Ubuntu, Fedora, Red Hat, SUSE, Amazon, Mageia and their kin.
_MARKED = patterns.compile(
    r"(?:^|[0-9.~+_])(?:deb|ubuntu|bpo|el|fc|rhel|centos|amzn|mga|lp|sles|suse|bp|ol|alma|rocky|azl|cm|mdv|omv|alt"
    r"|module|nmu|mint|pve|kali|raspi|rpi|ppa|sury|dmo|nb|ph)[0-9+.~]|[0-9]build[0-9]",
    ignore_case=True,
)
_REVISION = patterns.compile(r"(?:lp|bp|alt)?[0-9][0-9A-Za-z.+~_]*")
# Sources that a distribution repacked: nothing of the version itself. No project has a `~`: git allows it in no tag.
_REPACKED = patterns.compile(r"[+~.](?:dfsg|ds[0-9]|repack|deb|ubuntu|nmu|bpo)[0-9.+~a-z]*", ignore_case=True)
# A version that stands for another one, and a state between two: nobody can say which it is.
_REALLY = patterns.compile(r"[+~.]really", ignore_case=True)
_SNAPSHOT = patterns.compile(r"[+~.](?:git|svn|hg|bzr|cvs|snap|snapshot|vcs)[0-9.+~_]", ignore_case=True)
# A revision that bears no mark: Arch, Debian's own packages, Alpine, FreeBSD, SUSE, and what Debian built once more.
_BARE = patterns.compile(r"(?:-r?|_)[0-9]{1,8}(?:\.[0-9]{1,8})*(?:\+b[0-9]{1,3})?$")

_JOINED = patterns.compile("[0-9]-[0-9]")


def bare_revision(text: str) -> int:
    """Where a revision begins that a distribution may have given, or the project itself: `1.2.3-1`; 0 where there is none."""
    match = _BARE.search(text) if len(text) <= _LONGEST else None
    head = text[: match.start()] if match else ""
    if not match or not any(letter.isdigit() for letter in head):
        return 0
    joined = "." not in head if match[0].startswith("_") else _JOINED.search(head) is not None
    return 0 if joined else match.start()  # `2_4_19` and `2-4-19` are one number


def upstream(text: str) -> str:
    """The version of the project, the text itself where it is no distribution's, "" where it cannot be told.

    A revision without a distribution's mark (`1.2.3-1`) stays: projects number patches in the same way.
    """
    if len(text) > _LONGEST:
        return text
    epoch, port = _EPOCH.fullmatch(text), _PORT_EPOCH.fullmatch(text)
    plain = epoch[1] if epoch else port[1] if port else text
    packaged = bool(epoch) or "~" in plain or _REPACKED.search(plain) is not None
    name, dash, revision = plain.rpartition("-")
    revised = bool(dash and _REVISION.fullmatch(revision)) and any(letter.isdigit() for letter in name)
    if revised and (packaged or _MARKED.search(revision)):
        plain = name
    if ":" in plain.rpartition("@")[2] or _REALLY.search(plain) or (_SNAPSHOT.search(plain) and (packaged or revised)):
        return ""
    repacked = _REPACKED.search(plain)
    return plain[: repacked.start()] if repacked else plain
