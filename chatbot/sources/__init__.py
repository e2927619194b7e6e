"""Where facts come from: GitHub, feeds and catalogues, read carefully and parsed where they come in."""
