"""Look at texts with all detectors, hold what they say against the rule, and give the evidence.

Reads:  texts, part by part; the problems of one benchmark.
Writes: a `FoundRow` for each text, problem and detector that are like each other.

Behaviour needs no hint from the cheaper detectors, since a story that is told anew shares nothing with the problem, and
it costs the same however many problems there are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.behaviour import BehaviourIndex, BehaviourSearch
from hornbook.decontamination.code_embeddings import CodeEmbeddingIndex
from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.frequencies import Frequencies
from hornbook.decontamination.functions import ReadText
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.phrases import PhraseIndex
from hornbook.decontamination.rule import MATCH_RATE, deciding
from hornbook.decontamination.syntax_trees import MATCH_RATES, TreeIndex
from hornbook.sandbox.program import Sandbox, ignore_progress

EXCERPT_CHARACTERS = 400
ONE_TASK_CHARACTERS = 4_000
"""A text of at most this length is about one task: words anywhere in it are cleared by its functions' behaviour."""


class Search:
    """The detectors, made for the problems of one benchmark. Can be pickled, and looks at texts part by part."""

    def __init__(
        self,
        benchmark: NamedProblems,
        behaviour: BehaviourIndex | None,
        counts: Frequencies,
        match_rate: float = MATCH_RATE,
    ) -> None:
        """Make the indices.

        Args:
            benchmark: Its problems.
            behaviour: Of the same problems, in the same order; None where no code is to run.
            counts: In how many of all texts the benchmark's words and phrases occur: `PhraseIndex.count`.
            match_rate: Similarity of syntax trees from which on they are a leak where no code could tell.
        """
        problems = benchmark.problems
        self.benchmark = benchmark
        self._match_rate = match_rate
        self._behaviour = behaviour
        self._phrases = PhraseIndex(problems, frequencies=counts)
        self._code = CodeEmbeddingIndex(problems)
        self._trees = TreeIndex(problems, min(*MATCH_RATES, match_rate))

    @property
    def runs_code(self) -> bool:
        """Whether a sandbox is needed."""
        return self._behaviour is not None

    def look(
        self,
        ids: Sequence[str],
        texts: Sequence[ReadText],
        sandbox: Sandbox | None,
        progress: Callable[[int, int], None] = ignore_progress,
    ) -> list[FoundRow]:
        """All that is like a problem, by text, then by problem, then by detector.

        Args:
            ids: Of the texts.
            texts: Each is looked at by itself.
            sandbox: Entered; None where there is no index of behaviour.
            progress: Told the number of functions that were run, and of all.

        Raises:
            SandboxError: The sandbox broke down. Nothing is decided for that.
        """
        matches = [*self._phrases.matches(texts), *self._code.matches(texts), *self._trees.matches(texts)]
        ran = None
        if self._behaviour is not None and sandbox is not None:
            ran = self._behaviour.search(texts, sandbox, progress)
            matches += ran.matches
        found: dict[tuple[int, int], dict[Detector, Match]] = {}
        for match in matches:
            best = found.setdefault((match.text, match.problem), {})
            if match.detector not in best or match.score > best[match.detector].score:
                best[match.detector] = match
        return [
            row
            for text, problem in sorted(found)
            for row in self._rows(ids[text], texts[text], text, problem, found[text, problem], ran)
        ]

    def _rows(
        self,
        document_id: str,
        read: ReadText,
        text: int,
        problem: int,
        found: Mapping[Detector, Match],
        ran: BehaviourSearch | None,
    ) -> Iterable[FoundRow]:
        names = _names(read, found)
        is_cleared = ran is not None and bool(names) and all(ran.cleared(text, name, problem) for name in names)
        scores = {detector: match.score for detector, match in found.items()}
        leak = deciding(scores, self._match_rate, is_cleared=is_cleared)
        decision = Decision.LEAK if leak else Decision.CLEARED if is_cleared else Decision.CLEAN
        task = self.benchmark.problems[problem]
        for detector in Detector:
            match = found.get(detector)
            if match is not None:
                first, last = match.window
                yield FoundRow(
                    document_id=document_id,
                    benchmark=self.benchmark.title,
                    task_id=task.task_id,
                    detector=detector,
                    score=round(match.score, 4),
                    evidence=match.evidence,
                    function=match.function,
                    window_first=first,
                    window_last=last,
                    decision=decision,
                    decided_by=leak.value if leak else "",
                    document_excerpt=read.text[first : min(last, first + EXCERPT_CHARACTERS)],
                    problem_excerpt=task.prompt[:EXCERPT_CHARACTERS],
                )


def _names(read: ReadText, found: Mapping[Detector, Match]) -> list[str]:
    """The functions whose behaviour clears what was found: those that match.

    For words outside of all functions it is the last one of a text that is about one task. A function that only helps
    another one takes no part in what clears them.
    """
    names = {match.function for detector, match in found.items() if detector is not Detector.BEHAVIOUR}
    if "" in names and len(read.text) <= ONE_TASK_CHARACTERS and read.functions:
        names = (names - {""}) | {read.functions[-1].name}
    return sorted(names)
