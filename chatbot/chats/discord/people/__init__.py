"""People on Discord: their DMs, opened rarely and by their own command only, and whether they still belong to a server."""
