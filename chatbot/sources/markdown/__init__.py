"""Foreign Markdown and HTML as blocks and spans: no markup survives."""
