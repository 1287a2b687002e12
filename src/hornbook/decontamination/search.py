"""Look at texts with all detectors, hold what they say against the rule, and give the evidence.

Reads:  texts, part by part; the problems of one benchmark.
Writes: a `FoundRow` for each text, problem and detector that are like each other.

The cheap detectors come first: runs of words, embeddings, plain trees. Behaviour needs no hint from them, since a story
that is told anew shares nothing with the problem, and costs the same however many problems there are. Canonical trees,
which take longest, are made where a hint was seen or nothing could run.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.behaviour import BehaviourIndex, BehaviourSearch
from hornbook.decontamination.behaviour_config import BehaviourConfig
from hornbook.decontamination.code_embeddings import CodeEmbeddingConfig, CodeEmbeddingIndex
from hornbook.decontamination.docstrings import DocstringConfig, DocstringIndex
from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.frequencies import Frequencies
from hornbook.decontamination.functions import Function, ReadText
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.phrases import PhraseConfig, PhraseIndex
from hornbook.decontamination.rule import RuleConfig, Seen, deciding
from hornbook.decontamination.tree_index import TreeConfig, TreeIndex
from hornbook.encoders.encode import EncodeConfig
from hornbook.encoders.encoder import make_encoder
from hornbook.encoders.hidden_states import HiddenStatesConfig
from hornbook.encoders.shape import ShapeConfig
from hornbook.sandbox.program import Sandbox, ignore_progress

EXCERPT_CHARACTERS = 400


@dataclass(frozen=True, kw_only=True)
class SearchConfig:
    """What the detectors look for, and what is a leak."""

    phrases: PhraseConfig = field(default_factory=PhraseConfig)
    docstrings: DocstringConfig = field(default_factory=lambda: DocstringConfig(min_score=0.5))
    """Near docstrings decide nothing; nearer ones than is their own default are worth a look."""
    code: CodeEmbeddingConfig = field(default_factory=CodeEmbeddingConfig)
    encoder: EncodeConfig | ShapeConfig | HiddenStatesConfig = field(default_factory=ShapeConfig)
    """Of code. `code` and the rule's threshold belong to it."""
    trees: TreeConfig = field(default_factory=TreeConfig)
    behaviour: BehaviourConfig = field(default_factory=BehaviourConfig)
    rule: RuleConfig = field(default_factory=RuleConfig)
    one_task_characters: int = 4_000
    """A text of at most this length is about one task: words anywhere in it are cleared by its functions' behaviour."""


@dataclass(frozen=True, kw_only=True)
class WordCounts:
    """In how many texts the words and phrases of a benchmark occur."""

    phrases: Frequencies
    docstrings: Frequencies

    def __add__(self, other: "WordCounts") -> "WordCounts":
        """Of the texts of both."""
        return WordCounts(phrases=self.phrases + other.phrases, docstrings=self.docstrings + other.docstrings)


class WordCounter:
    """Counts the words and phrases of a benchmark in texts, part by part. Can be pickled."""

    def __init__(self, benchmark: NamedProblems, config: SearchConfig) -> None:
        self._phrases = PhraseIndex(benchmark.problems, config.phrases)
        self._docstrings = DocstringIndex(benchmark.problems, config.docstrings)

    def count(self, texts: Sequence[ReadText]) -> WordCounts:
        """In how many of the texts each occurs."""
        return WordCounts(phrases=self._phrases.count(texts), docstrings=self._docstrings.count(texts))


class Search:
    """The detectors, made for the problems of one benchmark. Can be pickled, and looks at texts part by part."""

    def __init__(
        self,
        benchmark: NamedProblems,
        behaviour: BehaviourIndex | None,
        config: SearchConfig,
        counts: WordCounts,
    ) -> None:
        """Make the indices.

        Args:
            benchmark: Its problems.
            behaviour: Of the same problems, in the same order; None where no code is to run.
            config: What is looked for.
            counts: Of all texts.
        """
        problems = benchmark.problems
        self.benchmark = benchmark
        self._config = config
        self._behaviour = behaviour
        self._phrases = PhraseIndex(problems, config.phrases, counts.phrases)
        self._docstrings = DocstringIndex(problems, config.docstrings, counts.docstrings)
        self._code = CodeEmbeddingIndex(problems, config.code, make_encoder(config.encoder))
        self._trees = TreeIndex(problems, config.trees)

    @property
    def runs_code(self) -> bool:
        """Whether a sandbox is needed."""
        return self._behaviour is not None

    def look(
        self,
        documents: Sequence[tuple[int, str]],
        texts: Sequence[ReadText],
        sandbox: Sandbox | None,
        progress: Callable[[int, int], None] = ignore_progress,
    ) -> list[FoundRow]:
        """All that is like a problem, by text, then by problem, then by detector.

        Args:
            documents: The place and the id of each text.
            texts: Each is looked at by itself.
            sandbox: Entered; None where there is no index of behaviour.
            progress: Told the number of functions that were run, and of all.

        Raises:
            SandboxError: The sandbox broke down. Nothing is decided for that.
        """
        matches = [
            *self._phrases.matches(texts),
            *self._docstrings.matches(texts),
            *self._code.matches(texts),
            *self._trees.matches(texts),
        ]
        ran = None
        if self._behaviour is not None and sandbox is not None:
            ran = self._behaviour.search(texts, sandbox, progress)
            matches += ran.matches
        matches += self._trees.canonical_matches(_worth_a_canonical_tree(texts, matches, ran))
        found: dict[tuple[int, int], dict[Detector, Match]] = {}
        for match in matches:
            best = found.setdefault((match.text, match.problem), {})
            if match.detector not in best or match.score > best[match.detector].score:
                best[match.detector] = match
        return [
            row
            for text, problem in sorted(found)
            for row in self._rows(documents[text], texts[text], text, problem, found[text, problem], ran)
        ]

    def _rows(
        self,
        document: tuple[int, str],
        read: ReadText,
        text: int,
        problem: int,
        found: Mapping[Detector, Match],
        ran: BehaviourSearch | None,
    ) -> Iterable[FoundRow]:
        names = self._names(read, found)
        is_cleared = ran is not None and bool(names) and all(ran.cleared(text, name, problem) for name in names)
        leak = deciding(Seen(matches=found, is_cleared=is_cleared), self._config.rule)
        decision = Decision.LEAK if leak else Decision.CLEARED if is_cleared else Decision.CLEAN
        task = self.benchmark.problems[problem]
        for detector in Detector:
            match = found.get(detector)
            if match is not None:
                first, last = match.window
                yield FoundRow(
                    row=document[0],
                    document_id=document[1],
                    benchmark=self.benchmark.title,
                    task_id=task.task_id,
                    detector=detector,
                    score=round(match.score, 4),
                    evidence=match.evidence,
                    function=match.function,
                    window_first=first,
                    window_last=last,
                    decision=decision,
                    decided_by=leak.detector.value if leak else "",
                    document_excerpt=read.text[first : min(last, first + EXCERPT_CHARACTERS)],
                    problem_excerpt=task.prompt[:EXCERPT_CHARACTERS],
                )

    def _names(self, read: ReadText, found: Mapping[Detector, Match]) -> list[str]:
        """The functions whose behaviour clears what was found: those that match; for words outside of all, see config.

        A function that only helps another one takes no part in what clears them.
        """
        names = {match.function for detector, match in found.items() if detector is not Detector.BEHAVIOUR}
        if "" in names and len(read.text) <= self._config.one_task_characters and read.functions:
            names = (names - {""}) | {read.functions[-1].name}
        return sorted(names)


def _worth_a_canonical_tree(
    texts: Sequence[ReadText], matches: Iterable[Match], ran: BehaviourSearch | None
) -> list[tuple[int, Function]]:
    """Functions that another detector points at, and those that could not be run."""
    hinted = {(match.text, match.function) for match in matches if match.detector is not Detector.BEHAVIOUR}
    return [
        (text, function)
        for text, read in enumerate(texts)
        for function in read.functions
        if (text, function.name) in hinted or ran is None or not ran.was_run(text, function.name)
    ]
