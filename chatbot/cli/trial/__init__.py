"""`chatbot try`: the last year of a repository as chats would have seen it, with nothing configured."""
