"""How a command ends when it cannot do its work: in one line that names the fix, with the status that tells whose turn it is."""

from enum import IntEnum


class Status(IntEnum):
    OK = 0
    FINDINGS = 1  # the answer is "no": only where a command looks for faults
    WRONG_USE = 2  # the command line, the configuration or a given file
    OUTSIDE = 3  # something that is not ours to fix on this machine: a network, a server, a disk
    INTERRUPTED = 130  # Ctrl-C, as every shell has it


class Failure(Exception):
    """Ends the command. `sentence` goes to standard error as it is; it holds no secret."""

    def __init__(self, sentence: str, status: Status = Status.WRONG_USE) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status
