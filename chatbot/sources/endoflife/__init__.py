"""endoflife.date: when the release lines of a product are supported, where the project itself does not say."""
