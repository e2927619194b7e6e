"""Discord: how a message looks there, the client behind the chat's door, and the slash commands."""

import warnings

with warnings.catch_warnings():  # discord.py imports `audioop` for voice, which is not used here
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord as _discord

# Nothing is spoken here: that the libraries for it are missing is no warning.
_discord.VoiceClient.warn_nacl = False
_discord.VoiceClient.warn_dave = False

VERSION = "2.7.1"
if _discord.__version__ != VERSION:  # its endpoints are set through attributes that it does not document
    raise ImportError(f"discord.py {VERSION} is needed, not {_discord.__version__}: pip install discord.py=={VERSION}")
