"""discord.py itself: in the one version that this package is made for, and quiet about voice, which is not used."""

import discord

VERSION = "2.7.1"


def prepare() -> None:
    """Before a client is made. Raises ImportError for another version: endpoints are set through undocumented attributes."""
    # that the libraries for voice are missing is no warning
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False
    if discord.__version__ != VERSION:
        raise ImportError(
            f"discord.py {VERSION} is needed, not {discord.__version__}: pip install discord.py=={VERSION}"
        )
