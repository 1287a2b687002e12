"""Let a language model read the pairs on which no code could tell, and decide them anew by what it says.

Reads:  what a search found, and the texts, from its parts (`over_parts.py`); the problems; the answers of a teacher.
Writes: beside what was found in each part what is found with the answers: a row for each yes, and the decisions of the
        rule (`rule.py`), whose fourth step the answer stands for; each pair that was asked about, with its answer.

A pair without a readable answer stays as it was.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.judge import (
    Answer,
    JudgeConfig,
    JudgedPair,
    judge_pairs,
    judging_requests,
    pairs_of,
)
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.over_parts import searched_in_part, write_judged
from hornbook.decontamination.rule import RuleConfig, Seen, deciding
from hornbook.errors import ConfigError
from hornbook.reading.parts import Parts
from hornbook.sandbox.program import ignore_progress
from hornbook.teacher.teacher import Teacher
from hornbook.teacher.wire import ChatRequest

_PAIRS_AT_ONCE = 2_000
"""So many texts are held in memory, and those of one part more."""

Pair = tuple[int, str, str]
"""The place of a document, the title of a benchmark, the id of one of its tasks."""


@dataclass(frozen=True, kw_only=True)
class JudgingConfig:
    """Which pairs a language model is asked about, and how."""

    judge: JudgeConfig = field(default_factory=JudgeConfig)
    max_pairs_per_text: int = 3
    """Of a text that is near more problems, the pairs nearest to a threshold; the others stay as they were."""

    def __post_init__(self) -> None:
        if self.max_pairs_per_text < 1:
            raise ConfigError(f"`max_pairs_per_text` must be at least 1, got {self.max_pairs_per_text!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """A document and a problem that a language model was asked about."""

    row: int
    """Place of the document among all that were given."""
    document_id: str
    benchmark: str
    """Its title."""
    task_id: str
    answer: Answer
    detail: str
    """What was said or what went wrong, in one line; empty where there is a verdict."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the asking came to."""

    teacher: str
    rows: tuple[JudgedRow, ...]
    """In the order of the documents of each part, benchmark by benchmark."""
    num_left_out: int
    """Doubtful pairs beyond `max_pairs_per_text`."""
    prompt_tokens: int
    completion_tokens: int
    """By the server's count."""

    def to_json(self) -> dict[str, Any]:
        """The counts, as JSON values."""
        answers = Counter(row.answer for row in self.rows)
        return {
            "teacher": self.teacher,
            "asked": len(self.rows),
            "same": answers[Answer.SAME],
            "different": answers[Answer.DIFFERENT],
            "unreadable": answers[Answer.UNREADABLE],
            "refused": answers[Answer.REFUSED],
            "unanswered": answers[Answer.UNANSWERED],
            "left_out": self.num_left_out,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
        }


class Judging:
    """The pairs that a search left in doubt."""

    def __init__(
        self, parts: Parts, benchmarks: Sequence[NamedProblems], rule: RuleConfig, config: JudgingConfig
    ) -> None:
        """Count them; nothing is asked yet.

        Args:
            parts: Searched.
            benchmarks: That they were held against.
            rule: By which it was decided.
            config: Which pairs, and how.
        """
        self._parts = parts
        self._rule = rule
        self._config = config
        self._problems = [problem for one in benchmarks for problem in one.problems]
        tasks = ((one.title, problem.task_id) for one in benchmarks for problem in one.problems)
        self._places = {task: place for place, task in enumerate(tasks)}
        self.num_pairs = self.num_left_out = 0
        for part in range(parts.num_parts):
            chosen, num_left_out = doubtful_rows(searched_in_part(parts, part), rule, config.max_pairs_per_text)
            self.num_pairs += len(chosen)
            self.num_left_out += num_left_out

    @property
    def num_questions(self) -> int:
        """A pair is asked about once or twice."""
        return self.num_pairs * self._num_orders

    def questions(self) -> Iterator[ChatRequest]:
        """All of them, in the order of asking."""
        for part in range(self._parts.num_parts):
            yield from judging_requests(self._read(part).pairs, self._config.judge)

    def ask(self, teacher: Teacher, progress: Callable[[int, int], None] = ignore_progress) -> Judged:
        """Ask about each pair, and write what is found with the answers: `over_parts.found_in` gives that from then on.

        After an error what is found is not to be read until a call comes to its end.

        Args:
            teacher: Entered.
            progress: Told the number of replies, and of questions.

        Raises:
            HornbookError: As the teacher's `ask`.
        """
        judged: list[JudgedRow] = []
        tokens: Counter[str] = Counter()
        for group in self._groups():
            report = _behind(progress, self._num_orders * len(judged), self.num_questions)
            pairs = [pair for one in group for pair in one.pairs]
            judgement = judge_pairs(pairs, teacher, self._config.judge, report)
            tokens.update(prompt=judgement.prompt_tokens, completion=judgement.completion_tokens)
            answers = zip(judgement.answers, judgement.details, strict=True)
            yes = iter(judgement.matches)
            for one in group:
                said: dict[Pair, str | None] = {}
                for row, (answer, detail) in zip(one.rows, answers, strict=False):
                    judged.append(_judged_row(row, answer, detail))
                    if answer.is_verdict:
                        said[_pair_of(row)] = next(yes).evidence if answer is Answer.SAME else None
                write_judged(self._parts, one.part, list(with_answers(one.found, said, self._rule)))
        return Judged(
            teacher=teacher.name,
            rows=tuple(judged),
            num_left_out=self.num_left_out,
            prompt_tokens=tokens["prompt"],
            completion_tokens=tokens["completion"],
        )

    @property
    def _num_orders(self) -> int:
        return 2 if self._config.judge.both_orders else 1

    def _groups(self) -> Iterator[list["_Doubtful"]]:
        """The parts in their order, several together, so that the teacher seldom waits for the last answers of one."""
        group: list[_Doubtful] = []
        for part in range(self._parts.num_parts):
            group.append(self._read(part))
            if sum(len(one.pairs) for one in group) >= _PAIRS_AT_ONCE:
                yield group
                group = []
        if group:
            yield group

    def _read(self, part: int) -> "_Doubtful":
        found = searched_in_part(self._parts, part)
        rows, _ = doubtful_rows(found, self._rule, self._config.max_pairs_per_text)
        table = self._parts.read(part, "row", "text")
        places = {row: place for place, row in enumerate(table.column("row").to_pylist())}
        texts = {row.row: table.column("text")[places[row.row]].as_py() for row in rows}
        order = {row: place for place, row in enumerate(texts)}
        matches = [_match_of(row, order[row.row], self._places[row.benchmark, row.task_id]) for row in rows]
        return _Doubtful(
            part=part, found=found, rows=rows, pairs=pairs_of(matches, list(texts.values()), self._problems)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubtful:
    """What is to be asked about one part."""

    part: int
    found: list[FoundRow]
    """All that was found in it."""
    rows: list[FoundRow]
    """One of each pair."""
    pairs: list[JudgedPair]
    """The same, in the same order, as the teacher is shown them."""


def doubtful_rows(found: Iterable[FoundRow], rule: RuleConfig, max_pairs_per_text: int) -> tuple[list[FoundRow], int]:
    """Choose what a language model is asked about: pairs for which its answer counts.

    These are the ones that are not cleared and that a no would make clean, or leave so.

    Args:
        found: Those of one pair stand together.
        rule: What counts.
        max_pairs_per_text: Of a text those whose scores are largest against their thresholds, of equals the first.

    Returns:
        Of each pair the row with the largest score against its threshold, in the order of `found`; how many pairs
        there are besides.
    """

    def nearness(row: FoundRow) -> float:
        return row.score / rule.least_score(row.detector)

    doubtful: list[FoundRow] = []
    for _, rows in itertools.groupby(found, key=_pair_of):
        group = list(rows)
        if group[0].decision is not Decision.CLEARED and _decided(group, rule, None) is None:
            doubtful.append(max(group, key=nearness))
    of_text: dict[int, list[FoundRow]] = {}
    for row in sorted(doubtful, key=nearness, reverse=True):
        of_text.setdefault(row.row, []).append(row)
    chosen = {_pair_of(row) for rows in of_text.values() for row in rows[:max_pairs_per_text]}
    return [row for row in doubtful if _pair_of(row) in chosen], len(doubtful) - len(chosen)


def with_answers(found: Iterable[FoundRow], said: Mapping[Pair, str | None], rule: RuleConfig) -> Iterator[FoundRow]:
    """What is found once a language model was asked: a row more for each yes, and the decisions by what it said.

    Args:
        found: Those of one pair stand together.
        said: Of each pair with a verdict the evidence for a yes, or None for a no; no pair that is cleared.
        rule: What the answer counts against.
    """
    for pair, rows in itertools.groupby(found, key=_pair_of):
        group = list(rows)
        if pair not in said:
            yield from group
            continue
        evidence = said[pair]
        if evidence is not None:
            nearest = max(group, key=lambda row: row.score)
            group.append(replace(nearest, detector=Detector.JUDGE, score=1.0, evidence=evidence))
        leak = _decided(group, rule, evidence)
        decision = Decision.CLEAN if leak is None else Decision.LEAK
        yield from (replace(row, decision=decision, decided_by=leak.detector.value if leak else "") for row in group)


def _decided(rows: Iterable[FoundRow], rule: RuleConfig, evidence: str | None) -> Match | None:
    """What decides about a pair that is not cleared, after a yes with this evidence or, without one, after a no."""
    matches = {row.detector: _match_of(row, 0, 0) for row in rows}
    return deciding(Seen(matches=matches, is_cleared=False, is_denied=evidence is None), rule)


def _pair_of(row: FoundRow) -> Pair:
    return row.row, row.benchmark, row.task_id


def _match_of(row: FoundRow, text: int, problem: int) -> Match:
    return Match(
        text=text,
        problem=problem,
        detector=row.detector,
        score=row.score,
        evidence=row.evidence,
        function=row.function,
        window=(row.window_first, row.window_last),
    )


def _judged_row(row: FoundRow, answer: Answer, detail: str) -> JudgedRow:
    return JudgedRow(
        row=row.row,
        document_id=row.document_id,
        benchmark=row.benchmark,
        task_id=row.task_id,
        answer=answer,
        detail=detail,
    )


def _behind(progress: Callable[[int, int], None], num_before: int, total: int) -> Callable[[int, int], None]:
    """The same, told of some of all questions."""
    return lambda done, _: progress(num_before + done, total)
