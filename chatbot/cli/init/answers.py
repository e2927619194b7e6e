"""What `chatbot init` was told: by options, by a person at a terminal, or by what follows from other answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.core.model.ids import RoomAddress


@dataclass(frozen=True, slots=True)
class Answers:
    """By the name of the option without its dashes; of most there is one value, of some there may be several."""

    values: Mapping[str, tuple[str, ...]]

    def one(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ())

    def has(self, name: str) -> bool:
        return bool(self.all(name))

    def having(self, name: str, values: tuple[str, ...]) -> "Answers":
        return Answers({**self.values, name: values})

    @property
    def chats(self) -> frozenset[str]:
        """Those on which the bot needs an account."""
        return frozenset(RoomAddress(room).chat for room in (*self.all("room"), *self.all("maintainers-room")))
