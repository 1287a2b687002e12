"""Look at texts with all detectors, apply the rule to what they find, and give the evidence.

Behaviour needs no hint from the cheaper detectors, since a retold problem shares nothing with the original, and its
cost does not depend on the number of problems.
"""

from collections.abc import Iterable, Mapping, Sequence

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.behaviour import BehaviourIndex, BehaviourSearch
from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.functions import ReadText
from hornbook.decontamination.rule import MATCH_RATE, Detector, Match, deciding, least_score
from hornbook.decontamination.trees import MIN_RATE, TreeIndex
from hornbook.decontamination.words import Frequencies, PhraseIndex
from hornbook.sandbox.program import Sandbox

EXCERPT_CHARACTERS = 400
ONE_TASK_CHARACTERS = 4_000
"""A text of at most this length is about one task: words anywhere in it are cleared by its functions' behaviour."""


class Search:
    """The detectors for the problems of one benchmark. Can be pickled, and looks at texts part by part."""

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
            match_rate: The least similarity of syntax trees that makes a leak where no code could tell.
        """
        self.behaviour = behaviour
        self._benchmark = benchmark
        self._match_rate = match_rate
        self._phrases = PhraseIndex(benchmark.problems, frequencies=counts)
        self._trees = TreeIndex(benchmark.problems, min(MIN_RATE, match_rate))

    def look(self, ids: Sequence[str], texts: Sequence[ReadText], sandbox: Sandbox | None) -> list[FoundRow]:
        """All matches, by text, then by problem, then by detector.

        Args:
            ids: Of the texts.
            texts: The result for one does not depend on the others.
            sandbox: Entered; None where there is no index of behaviour.

        Raises:
            SandboxError: The sandbox broke down. Nothing is decided for that reason.
        """
        matches = [*self._phrases.matches(texts), *self._trees.matches(texts)]
        ran = None
        if self.behaviour is not None and sandbox is not None:
            ran = self.behaviour.search(texts, sandbox)
            matches += ran.matches
        found: dict[tuple[int, int], list[Match]] = {}
        for match in matches:
            found.setdefault((match.text, match.problem), []).append(match)
        return [
            row
            for (text, problem), some in sorted(found.items(), key=lambda item: item[0])
            for row in self._rows(ids[text], texts[text], some, ran)
        ]

    def _rows(
        self, document_id: str, read: ReadText, matches: Sequence[Match], ran: BehaviourSearch | None
    ) -> Iterable[FoundRow]:
        """The rows of one text and one problem: the best match of each detector."""
        text, problem = matches[0].text, matches[0].problem
        best: dict[Detector, Match] = {}
        for match in matches:
            if match.detector not in best or match.score > best[match.detector].score:
                best[match.detector] = match
        names = self._names(read, matches, best)
        is_cleared = ran is not None and bool(names) and all(ran.cleared(text, name, problem) for name in names)
        scores = {detector: match.score for detector, match in best.items()}
        leak = deciding(scores, self._match_rate, is_cleared=is_cleared)
        decision = Decision.LEAK if leak else Decision.CLEARED if is_cleared else Decision.CLEAN
        task = self._benchmark.problems[problem]
        for match in (best[detector] for detector in Detector if detector in best):
            first, last = match.window
            yield FoundRow(
                document_id=document_id,
                benchmark=self._benchmark.title,
                task_id=task.task_id,
                detector=match.detector,
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

    def _names(self, read: ReadText, matches: Sequence[Match], best: Mapping[Detector, Match]) -> set[str]:
        """The functions that must all be cleared: the best match of each detector, and those that are leaks alone.

        For words outside all functions it is the last one of a text that is about one task. A function that only helps
        another one takes no part in this.
        """
        names = {
            match.function
            for match in matches
            if match.detector is not Detector.BEHAVIOUR
            and (match is best[match.detector] or match.score >= least_score(match.detector, self._match_rate))
        }
        if "" in names and len(read.text) <= ONE_TASK_CHARACTERS and read.functions:
            names = (names - {""}) | {read.functions[-1].name}
        return names
