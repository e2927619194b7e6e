"""What the bot keeps in a server beside its messages: roles for release lines, events for planned releases."""
