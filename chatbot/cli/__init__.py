"""The front door: what a person types in a shell."""


def main() -> None:
    """Run the command line."""
