"""What the report of a run says, as plain values: gathered by `gather.py`, drawn by `render.py` and `summary.py`.

Scores and answers stand in `scored.py`; what only the report of an evaluation says, in `evaluated.py`.

Nothing here has a default. A part of the run that did not take place is `None` or an empty tuple, and its stage is
named in `ReportData.absent`; the page then leaves the section out. A zero is always a zero that was measured.
"""

from dataclasses import dataclass

from hornbook.evaluation.clean_subset import CleanScore
from hornbook.evaluation.leaks import Leaks
from hornbook.report.scored import Beside, Counts, ProblemAnswers, SandboxFacts, Score


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
    text: str
    """The code."""


@dataclass(frozen=True, kw_only=True)
class ValuedSource:
    """A part of the corpus, and how the classifier values it."""

    name: str
    num_samples: int
    num_tokens: int
    mean_value: float
    share: float
    """Of its tokens, those in samples valued at least at one half; 0 to 1."""
    num_labels: int
    predicted: float | None
    """Mean probability of its labelled samples, by classifiers that were fitted without them; None without labels."""
    observed: float | None
    """How many of them truly scored at least 3; 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How well the classifier agrees with labels that it never saw."""

    num_labels: int
    num_hints: int
    """Samples without a label from which it learned what a language model sees in them."""
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
    sources: tuple[ValuedSource, ...]
    """The largest first."""


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
class Diversity:
    """How varied what was written is."""

    unit: str
    """`passages` or `exercises`."""
    num_records: int
    """Those that were looked at, spread evenly over all."""
    rows: tuple[tuple[str, str], ...]
    """What was measured, and the figure in words."""
    stale: tuple[str, ...]
    """Why the last of them count as stale; empty where they do not."""


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
class NearMatch:
    """What one detector sees in a document and a problem."""

    detector: str
    score: float
    """0 to 1."""
    evidence: str
    """In words."""


@dataclass(frozen=True, kw_only=True)
class NearDocument:
    """A training document that resembles a problem."""

    document_id: str
    decision: str
    """`leak`, `cleared` (its code does something else) or `clean`."""
    matches: tuple[NearMatch, ...]
    """At least one."""
    text: str
    """The part of it that matches."""
    form: str
    """How to draw it: `code`, `passage` (prose with fenced code) or `prose`."""


@dataclass(frozen=True, kw_only=True)
class NearProblem:
    """A benchmark's problem and the documents nearest to it."""

    benchmark: str
    task_id: str
    decision: str
    """Of its worst document: `leak` before `cleared` before `clean`."""
    text: str
    documents: tuple[NearDocument, ...]
    """The worst first; at least one."""
    num_more: int
    """Further documents that are near and not shown."""


@dataclass(frozen=True, kw_only=True)
class Contamination:
    """What was compared with the benchmarks, what was found, how good the search is, and what it cannot see."""

    leaks: Leaks
    rule: str
    """In a sentence or two."""
    not_checked: tuple[str, ...]
    clean: tuple[CleanScore, ...]
    """Empty where nothing was evaluated."""
    nearest: tuple[NearProblem, ...]


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
    diversity: tuple[Diversity, ...]
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
