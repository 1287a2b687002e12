"""Scores, answers and verdicts as plain values: what the reports of runs and of evaluations share.

Nothing here has a default; a zero is always a zero that was measured.
"""

from dataclasses import dataclass

Counts = tuple[tuple[str, int], ...]
"""Names with a number each, in the order in which they are shown."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """The pass@k of one model on one benchmark."""

    model: str
    """`base` (pretrained only) or `tuned` (finetuned on exercises); the model's name where one model was evaluated."""
    benchmark: str
    """For people: `held-out exercises`, `HumanEval`."""
    pass_at_1: float
    """Share of the problems that were solved; 0 to 1."""
    ci95: tuple[float, float]
    """The 95 % interval around it; 0 to 1."""
    more_k: tuple[tuple[int, float, tuple[float, float]], ...]
    """k above 1 → pass@k and its 95 % interval; empty where there is one sample per problem."""
    num_problems: int
    num_samples: int
    """Per problem; of the problem that has the fewest."""
    outcomes: Counts
    """What became of the completions: `passed`, `wrong`, `syntax error` … → number; those that occurred."""
    protocol: str
    """What was asked of the model and how, in words; may be empty."""
    protocol_name: str
    """`humaneval, version 1`; empty where the protocol has no name."""
    truncated_prompts: int
    """Prompts that were too long for the model; 0 also where that cannot be known."""


@dataclass(frozen=True, kw_only=True)
class SandboxFacts:
    """In what the completions ran."""

    backend: str
    jailed: bool
    limits: tuple[tuple[str, str], ...]
    """Name → value with its unit."""


@dataclass(frozen=True, kw_only=True)
class ScoreBeside:
    """One row of a chart of scores: ours, or what somebody published."""

    model: str
    parameters: str
    """Empty where it is not known."""
    score: float
    """0 to 1."""
    ci95: tuple[float, float] | None
    """Ours has one, published scores have none."""
    ours: str
    """`tuned`, `base`; empty for published ones."""
    source: int
    """Number of its source in `Beside.sources`, from 1; 0 for ours."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Our scores on a benchmark among those that others published, the highest first."""

    benchmark: str
    measure: str
    """`pass@1`, or `understanding`: a language model's grade."""
    rows: tuple[ScoreBeside, ...]
    sources: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Source → the models that a remark is about, and the remark."""


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One grading of one answer."""

    grade: int
    """0 to 10."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One sample of a model for one problem, and the verdict."""

    text: str
    """What was run behind the prompt, or its beginning."""
    cut_off: str
    """What the model wrote behind that; empty where nothing was cut off."""
    whole: str
    """All that it wrote, where `text` is not its beginning: an answer in prose with code in it."""
    outcome: str
    detail: str
    stderr: str
    """The beginning of what the program wrote there."""
    cpu_seconds: float | None
    """None where the time was not kept."""
    assessments: tuple[Assessment, ...]

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return self.outcome == "passed"


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """All samples of one model for one problem."""

    model: str
    """`base`, `tuned`, or `model` where one model was evaluated."""
    num_samples: int
    num_passed: int
    mean_grade: float | None
    """0 to 10, over all samples and gradings; None where nothing was graded."""
    shown: tuple[Answer, ...]
    """The first samples, at least one."""

    @property
    def share(self) -> float:
        """Share of the samples that passed; 0 to 1."""
        return self.num_passed / self.num_samples

    @property
    def solved(self) -> bool:
        """Whether any sample passed."""
        return self.num_passed > 0


@dataclass(frozen=True, kw_only=True)
class ProblemAnswers:
    """A problem and the answers of each model."""

    task_id: str
    entry_point: str
    category: str
    prompt: str
    canonical_solution: str
    attempts: tuple[Attempts, ...]
    """One per model, each with the same models in the same order."""
