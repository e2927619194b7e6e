"""Where facts come from: GitHub, feeds and catalogues, read carefully and parsed at the door."""
