"""Foreign text made harmless: linear-time search, characters that nobody sees, honest links, and words for dates and lists."""
