"""Release notes as rooms are shown them: in short, in full, or not at all."""
