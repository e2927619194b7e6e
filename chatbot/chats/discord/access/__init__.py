"""What the bot needs to be allowed on a server, and the link with which somebody who manages one allows it."""
