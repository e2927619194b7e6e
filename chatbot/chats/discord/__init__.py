"""Discord: how a message looks there, the client behind the port `Chat`, and the slash commands."""
