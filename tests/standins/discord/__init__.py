"""A stand-in for Discord over real sockets: REST and gateway, with its limits, its faults and a record of every request."""

from tests.standins.discord.interactions import Exchange
from tests.standins.discord.record import Recorded
from tests.standins.discord.server import DiscordStandIn
from tests.standins.faults import Fault

__all__ = ["DiscordStandIn", "Exchange", "Fault", "Recorded"]
