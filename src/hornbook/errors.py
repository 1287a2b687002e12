"""The errors of Hornbook, by who must act.

Every message says what was wrong, the value, and where it helps the next command to type. The command line prints
a `HornbookError` as one message with exit status 2; any other exception is a bug of ours and keeps its traceback.
Outcomes of untrusted code are no errors: they are an `Outcome` (`records.py`).
"""


class HornbookError(Exception):
    """Something that a person can mend; the message says what and how."""


class ConfigError(HornbookError):
    """A config, flag or recipe holds a value that cannot be used. The user mends the value."""


class MissingInputError(HornbookError):
    """An input that a stage needs is not there or lacks records. Nothing is guessed in its place."""


class DamagedArtifactError(HornbookError):
    """A stored file is not what its manifest says. The artifact must be built again."""


class StoreError(HornbookError):
    """The store cannot be read or written: permissions, disk space, a foreign folder."""


class SandboxError(HornbookError):
    """The jail for untrusted code cannot be had or broke down. Never a verdict about the code that ran in it."""


class EndpointError(HornbookError):
    """A language model's endpoint is down, refuses, or answers nonsense. Never a completion, a verdict or a score."""


class BudgetError(HornbookError):
    """The budget for a language model is used up. What was answered is kept; the user raises it and goes on."""

    def __init__(self, message: str, *, suggestion: str = "") -> None:
        """Say what was spent.

        Args:
            message: For people.
            suggestion: A budget that would suffice to go on, as `--budget` takes it.
        """
        super().__init__(message)
        self.suggestion = suggestion


class TrainingError(HornbookError):
    """A training run cannot go on: no finite loss, no memory, a process that is gone. The user changes the run."""


class StoppedError(HornbookError):
    """The process was asked to end (SIGTERM) and wrote what it needs: the same command goes on. Exit status 143."""
