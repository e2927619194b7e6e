"""Every chat has its own test of the one contract."""

from pathlib import Path

import chatbot.chats

CHATS = sorted(path.name for path in Path(chatbot.chats.__file__).parent.iterdir() if (path / "client.py").exists())


def test_every_chat_keeps_the_contract() -> None:
    assert "console" in CHATS
    missing = [name for name in CHATS if "every_law" not in _test_of(name)]
    assert missing == [], "add tests/chats/<name>/test_contract.py with `@every_law`"


def _test_of(name: str) -> str:
    path = Path(__file__).parent / name / "test_contract.py"
    return path.read_text() if path.exists() else ""
