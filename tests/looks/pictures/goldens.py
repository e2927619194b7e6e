"""The golden payloads of both chats: of this working tree, or as an earlier commit had them."""

import io
import json
import subprocess
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).parents[3]
FOLDERS = {chat: f"tests/chats/{chat}/golden" for chat in ("discord", "matrix")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One message as a chat's API is given it.

    chat: `discord` or `matrix`
    name: of its file, and of its scene
    kind: a new announcement, an edit, a reply to an announcement, or an answer
    asked: the command that it answers, such as `/supported 4.2.1`
    quoted: the beginning of the message that it replies to
    private: only the asker sees it
    """

    chat: str
    name: str
    kind: str
    asked: str = ""
    quoted: str = ""
    private: bool = False
    payload: Mapping[str, Any]


class CommitError(Exception):
    """There is no such commit, or it has no golden payloads."""


def goldens(commit: str = "", private: Iterable[str] = ()) -> list[Golden]:
    """Every golden payload, sorted by chat and name; `private` names those that only the asker sees."""
    private = frozenset(private)
    texts = _texts_at(commit) if commit else _texts()
    documents = {path: _document(path, text) for path, text in sorted(texts.items())}
    return [
        Golden(
            chat=path.parts[2],
            name=document["name"],
            kind=document["kind"],
            asked=document["asked"],
            quoted=_replied_to(path, documents) if document["kind"] == "reply" else "",
            private=document["name"] in private,
            payload=document["payload"],
        )
        for path, document in documents.items()
    ]


def _texts() -> dict[PurePosixPath, str]:
    paths = [path for folder in FOLDERS.values() for path in (ROOT / folder).glob("*.json")]
    return {PurePosixPath(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


def _texts_at(commit: str) -> dict[PurePosixPath, str]:
    archive = subprocess.run(
        ["git", "archive", "--format=tar", commit, "--", *FOLDERS.values()], cwd=ROOT, capture_output=True, check=False
    )
    if archive.returncode:
        raise CommitError(archive.stderr.decode(errors="replace").strip())
    texts: dict[PurePosixPath, str] = {}
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        for member in files:
            content = files.extractfile(member)
            if content is not None and member.name.endswith(".json"):
                texts[PurePosixPath(member.name)] = content.read().decode()
    return texts


def _document(path: PurePosixPath, text: str) -> dict[str, Any]:
    """What a golden file holds; the oldest ones are a payload alone."""
    document: dict[str, Any] = json.loads(text)
    if "payload" in document:
        return document
    return {"name": path.stem, "kind": "new", "asked": "", "payload": document}


def _replied_to(path: PurePosixPath, documents: Mapping[PurePosixPath, Mapping[str, Any]]) -> str:
    """The beginning of the announcement that a reply belongs to, as its edit in the same scene has it."""
    turn = path.stem.removesuffix("-reply").removesuffix("-follow-up")
    for other, document in documents.items():
        if other.parent == path.parent and other.stem.startswith(turn) and document["kind"] == "edit":
            payload = document["payload"]
            embeds = payload.get("embeds") or [{}]
            return str(payload.get("content") or embeds[0].get("title") or payload.get("body", "").removeprefix("* "))
    return ""
