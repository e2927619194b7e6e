"""Matrix: neutral messages out, questions in, over plain and encrypted rooms."""
