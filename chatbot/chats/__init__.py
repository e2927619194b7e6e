"""The chats: each dresses neutral messages and hears questions, behind the one port `Chat`."""
