"""What a benchmark is: problems, and the protocol by which a model is asked.

A score without its protocol says little: the same model gains or loses ten points with the prompt and the place where
its answer is cut. So both travel together, and the protocol has a name and a version.
"""

from dataclasses import dataclass

from hornbook.records import Problem


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How a model is asked, and where its answer ends."""

    name: str
    """`humaneval`, `mbpp-sanitized-signature`."""
    version: int
    """Raised when the prompts, the stop rule or the tests change."""
    description: str
    """One line, for people."""
    stop_strings: tuple[str, ...] = ()
    """The completion is cut before the first of these; where there are none, at the end of the function that the
    prompt leaves open."""
    min_cpu_seconds: float = 0.0
    """CPU time that each program must be given, because a reference solution needs some of it: with less, verdicts
    would depend on the machine. 0 where any usual limit will do."""


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Problems with their protocol."""

    name: str
    """As typed: `mbpp`."""
    title: str
    """As shown: `MBPP`."""
    protocol: Protocol
    problems: tuple[Problem, ...]
    """At least one, their `task_id` unique."""
    source: str
    """Where they were read: a package with its version, a file's name, a dataset of the hub."""
