"""What the report of a run says, as plain values: gathered by `gather.py`, drawn by `render.py` and `summary.py`.

What the report of an evaluation says beyond that stands in `evaluated.py`.

Nothing here has a default. A part of the run that did not take place is `None` or an empty tuple, and its stage is
named in `ReportData.absent`; the page then leaves the section out. A zero is always a zero that was measured.
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
class FamilyScore:
    """How many held-out problems of one family of concepts each model solved."""

    family: str
    num_problems: int
    passed: tuple[tuple[str, int, int], ...]
    """Model → samples that passed, and samples made; with one per problem these are problems."""


@dataclass(frozen=True, kw_only=True)
class StageFacts:
    """One stage of the run, from its manifest."""

    name: str
    fingerprint: str
    version: int
    seed: int
    seconds: float
    kept: int
    unit: str
    dropped: Counts
    inputs: tuple[tuple[str, str], ...]
    """Input's name → fingerprint."""


@dataclass(frozen=True, kw_only=True)
class FlowStep:
    """One station on the way of the data."""

    stage: str
    title: str
    kept: int
    unit: str
    dropped: Counts
    note: str
    """One short sentence, or empty."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One kind of training data on its way, from its source to the last station of its own."""

    kind: str
    """`code`, `textbook` or `exercise`."""
    title: str
    steps: tuple[FlowStep, ...]


@dataclass(frozen=True, kw_only=True)
class MergedStep:
    """A station that all kinds of data pass, and how many documents of each kind it let through."""

    step: FlowStep
    kept_by_kind: Counts


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The tokens of one training set."""

    name: str
    """`pretrain` or `finetune`."""
    num_train_tokens: int
    num_held_out_tokens: int
    num_documents: int


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    ci95: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Surprise:
    """A label that the classifier contradicts."""

    name: str
    """Of the code: `json.decoder.JSONDecoder`."""
    score: int
    """The reader's, 0 to 5."""
    value: float
    """The classifier's probability of a score of at least 3."""
    reason: str
    """The reader's."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How well the classifier agrees with labels that it never saw."""

    num_labels: int
    num_held_out: int
    rank_correlation: Estimate
    """Spearman's, between the predicted value and the label's score."""
    auc: Estimate
    """Area under the ROC curve for the question whether the score is at least 3."""
    reliability: tuple[tuple[float, float, int], ...]
    """Bins of the predicted value: its mean, the share that truly scored at least 3, the number of samples."""
    curve: tuple[tuple[float, float], ...]
    """Threshold → share of the corpus' tokens that lie at or above it; 0 to 1."""
    threshold: float | None
    """The lowest predicted value that the selection kept; None where nothing was selected."""
    surprises: tuple[Surprise, ...]
    """The labels that it contradicts most, the worst first."""


@dataclass(frozen=True, kw_only=True)
class CodeExcerpt:
    """A sample of real code, and what was thought of it."""

    name: str
    """Where it comes from: `json.decoder.JSONDecoder`."""
    lines: str
    """Path and lines in the source."""
    text: str
    value: float
    """The classifier's probability that it scores at least 3."""
    label: int | None
    """The score that a reader gave, 0 to 5; None where nobody read it."""
    label_reason: str
    """The reader's; empty where nobody read it."""
    dropped_because: str
    """Empty where it was kept."""


@dataclass(frozen=True, kw_only=True)
class TextExcerpt:
    """A passage or an exercise."""

    title: str
    tags: tuple[str, ...]
    text: str


@dataclass(frozen=True, kw_only=True)
class Training:
    """One training run: what was spent, and how the loss fell."""

    name: str
    """`pretrain` or `finetune`."""
    num_parameters: int
    num_steps: int
    num_tokens: int
    """Tokens read, repeats included."""
    train_loss: tuple[tuple[int, float], ...]
    """Step → cross-entropy of a batch, in nats per token."""
    held_out_loss: tuple[tuple[int, float], ...]
    """The same on documents that are never trained on."""


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


@dataclass(frozen=True, kw_only=True)
class NearestPair:
    """A training document and the benchmark problem that it resembles most, by one measure."""

    document_id: str
    benchmark: str
    task_id: str
    measure: str
    """How near, in words: `syntax tree, match rate 0.97`, `14 shared words`."""
    evidence: str
    """The shared words; empty for other measures."""
    dropped: bool
    document_text: str
    """Excerpts."""
    problem_text: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How much one detector found on one benchmark, whether or not it was reason to drop."""

    benchmark: str
    detector: str
    num_documents: int
    num_problems: int


@dataclass(frozen=True, kw_only=True)
class Contamination:
    """What was compared with the benchmarks, what was found, and what nobody looked for."""

    num_checked: int
    num_dropped: int
    dropped: Counts
    checks: tuple[str, ...]
    not_checked: tuple[str, ...]
    findings: tuple[Finding, ...]
    nearest: tuple[NearestPair, ...]


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """Everything that the report of one run shows."""

    recipe: str
    scores: tuple[Score, ...]
    stages: tuple[StageFacts, ...]
    lanes: tuple[Lane, ...]
    merged: tuple[MergedStep, ...]
    corpora: tuple[Corpus, ...]
    calibration: Calibration | None
    code_kept: tuple[CodeExcerpt, ...]
    code_dropped: tuple[CodeExcerpt, ...]
    passages: tuple[TextExcerpt, ...]
    exercises: tuple[TextExcerpt, ...]
    trainings: tuple[Training, ...]
    families: tuple[FamilyScore, ...]
    held_out: tuple[ProblemAnswers, ...]
    """A few held-out problems: some solved by the tuned model, some not."""
    humaneval: tuple[ProblemAnswers, ...]
    """Every problem."""
    beside: Beside | None
    """HumanEval scores of this run among published ones; None where HumanEval was not asked."""
    sandbox: SandboxFacts | None
    """None where nothing was evaluated; where evaluations had different ones, the worst."""
    contamination: Contamination | None
    environment: tuple[tuple[str, str], ...]
    absent: tuple[str, ...]
    """Stages of the whole chain that this run did not have."""
