"""The console as a chat: the reference for the others, and the room where nothing else is configured."""
