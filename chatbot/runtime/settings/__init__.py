"""The settings: read from TOML, environment and secret files at once, with every mistake found at once."""
