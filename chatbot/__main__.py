"""`python -m chatbot` is the `chatbot` command, where no folder of the PATH has it."""

import sys

from chatbot.cli import main

if __name__ == "__main__":
    sys.exit(main())
