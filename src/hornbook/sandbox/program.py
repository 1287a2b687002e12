"""What goes into the jail and what comes out of it."""

from dataclasses import dataclass, field

from hornbook.errors import ConfigError
from hornbook.records import Outcome


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one program may use. The CPU clock decides verdicts; the wall clock is only the safety net behind it."""

    cpu_seconds: float = 3.0
    """CPU time in the scheduler's own account: a busy machine does not change the verdict."""
    wall_seconds: float = 20.0
    """Seconds after which a program that waits or sleeps is stopped."""
    memory_bytes: int = 512 * 2**20
    """Address space, the interpreter's own (some 40 MiB) included."""
    output_bytes: int = 64 * 2**10
    """What it may write to stdout and stderr together."""

    def __post_init__(self) -> None:
        """Refuse limits under which no program could run.

        Raises:
            ConfigError: A limit is too small.
        """
        if not self.cpu_seconds > 0:
            raise ConfigError(f"`cpu_seconds` must be above 0, got {self.cpu_seconds!r}")
        if not self.wall_seconds >= self.cpu_seconds:
            raise ConfigError(f"`wall_seconds` must be at least `cpu_seconds`, got {self.wall_seconds!r}")
        if self.memory_bytes < 128 * 2**20:
            raise ConfigError(f"`memory_bytes` must be at least 128 MiB, got {self.memory_bytes!r}")
        if self.output_bytes < 0:
            raise ConfigError(f"`output_bytes` must not be negative, got {self.output_bytes!r}")


@dataclass(frozen=True)
class Program:
    """The source of a whole Python program; it passes if it runs to its last line and nothing is raised."""

    source: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of one program. Equal on each run, as far as the program itself is deterministic."""

    outcome: Outcome
    cpu_seconds: float = field(compare=False)
    """User and system time of its process."""
    detail: str
    """One bounded line: `line 7: ValueError: …`, addresses in memory blanked; empty where it passed."""
    stdout: str
    """What it printed, at most `Limits.output_bytes`."""
    stderr: str
    """The first 2,000 bytes of what it wrote to stderr; exceptions are in `detail`, not here."""
