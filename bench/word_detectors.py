"""What the words of records say of leaks: the labelled pairs, and exercises of the curriculum against HumanEval.

Prints one JSON line. For each detector: on the labelled pairs the quartiles of its scores by kind of record, and what
reaches a score; of the exercises how many reach one, which are nearest, and how fast it is by CPU time; of HumanEval's
own problems how many reach one with themselves and with another.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.descriptions import docstring_of
from hornbook.decontamination.docstrings import DocstringConfig, DocstringIndex
from hornbook.decontamination.functions import ReadText, read_text
from hornbook.decontamination.labelled_set import LabelledPair, PairKind, load_labelled_set
from hornbook.decontamination.matches import Match
from hornbook.decontamination.ngrams import NgramIndex
from hornbook.decontamination.phrases import PhraseConfig, PhraseIndex
from hornbook.records import Problem
from hornbook.synthesis.curriculum.exercises import ExercisesConfig, write_exercises

NUM_EXERCISES = 5_000
NGRAM_SIZES = (3, 4, 5, 7, 13)
THRESHOLDS = (0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
LOWEST = 0.01

Detect = Callable[[Sequence[Problem], Sequence[ReadText]], list[Match]]


def main() -> None:
    """Measure all, and print the line."""
    texts = _exercise_texts()
    print(json.dumps({"benchmark": "word_detectors", "labelled": _labelled(), **_against_humaneval(texts)}))


def _labelled() -> dict[str, object]:
    """What each detector says of the labelled pairs."""
    detectors: dict[str, Detect] = {
        f"{size}-grams, weighted": _phrases(PhraseConfig(ngram_size=size, min_score=LOWEST)) for size in NGRAM_SIZES
    }
    detectors["docstrings"] = _docstrings(DocstringConfig(min_score=LOWEST))
    labelled, pairs = load_labelled_set()
    problems = [one.problem for one in labelled]
    records = [read_text(pair.text) for pair in pairs]
    found: dict[str, object] = {
        name: _by_kind(problems, pairs, detect(problems, records)) for name, detect in detectors.items()
    }
    return {**found, "13-gram as in the paper": _plain(problems, pairs)}


def _against_humaneval(texts: Sequence[ReadText]) -> dict[str, object]:
    """The exercises with HumanEval, and HumanEval with itself, whose phrases are as rare as in the exercises."""
    problems = read_humaneval()
    exercises: dict[str, object] = {}
    for name, detect in (
        ("phrases", _phrases(PhraseConfig(min_score=THRESHOLDS[0]))),
        ("docstrings", _docstrings(DocstringConfig(min_score=THRESHOLDS[0]))),
    ):
        start = time.process_time()
        found = detect(problems, texts)
        seconds = time.process_time() - start
        exercises[name] = {**_exercises(problems, found), "exercises_per_cpu_second": round(len(texts) / seconds)}
    counts = PhraseIndex(problems, PhraseConfig()).count(texts)
    own = [read_text(problem.prompt + problem.canonical_solution) for problem in problems]
    matches = PhraseIndex(problems, PhraseConfig(min_score=LOWEST), counts).matches(own)
    return {"num_exercises": len(texts), "exercises": exercises, "humaneval_with_itself": _own(problems, matches)}


def _exercise_texts() -> list[ReadText]:
    exercises = write_exercises(ExercisesConfig(), 0, _quiet)
    sample = random.Random(0).sample(exercises, NUM_EXERCISES)
    return [read_text(exercise.prompt + exercise.solution) for exercise in sample]


def _phrases(config: PhraseConfig) -> Detect:
    def detect(problems: Sequence[Problem], texts: Sequence[ReadText]) -> list[Match]:
        return PhraseIndex(problems, config, PhraseIndex(problems, config).count(texts)).matches(texts)

    return detect


def _docstrings(config: DocstringConfig) -> Detect:
    def detect(problems: Sequence[Problem], texts: Sequence[ReadText]) -> list[Match]:
        return DocstringIndex(problems, config, DocstringIndex(problems, config).count(texts)).matches(texts)

    return detect


def _by_kind(problems: Sequence[Problem], pairs: Sequence[LabelledPair], found: Sequence[Match]) -> dict[str, object]:
    place = {problem.task_id: at for at, problem in enumerate(problems)}
    own = {match.text: match.score for match in found if match.problem == place[pairs[match.text].task_id]}
    others = [match.score for match in found if match.problem != place[pairs[match.text].task_id]]
    scores = {kind: [own.get(at, 0.0) for at, pair in enumerate(pairs) if pair.kind is kind] for kind in PairKind}
    leaks = [score for kind in PairKind if kind.is_leak for score in scores[kind]]
    clean = [score for kind in PairKind if not kind.is_leak for score in scores[kind]]
    return {
        "quartiles": {kind: [round(q, 2) for q in statistics.quantiles(scores[kind], n=4)] for kind in PairKind},
        "found": {str(t): {kind: _reaching(scores[kind], t) for kind in PairKind} for t in THRESHOLDS},
        "with_other_problems": {str(t): _reaching(others, t) for t in THRESHOLDS},
        "precision": {
            str(t): round(_reaching(leaks, t) / max(_reaching(leaks, t) + _reaching(clean, t), 1), 2)
            for t in THRESHOLDS
        },
    }


def _plain(problems: Sequence[Problem], pairs: Sequence[LabelledPair]) -> dict[str, object]:
    index = NgramIndex({problem.task_id: docstring_of(problem) for problem in problems}, 13)
    found = [any(run.task_id == pair.task_id for run in index.shared_runs(pair.text)) for pair in pairs]
    return {
        "found": {
            kind: sum(one for one, pair in zip(found, pairs, strict=True) if pair.kind is kind) for kind in PairKind
        }
    }


def _exercises(problems: Sequence[Problem], found: Sequence[Match]) -> dict[str, object]:
    best: dict[int, float] = {}
    for match in found:
        best[match.text] = max(best.get(match.text, 0.0), match.score)
    nearest = sorted(found, key=lambda match: (-match.score, match.text))[:5]
    return {
        "exercises": {str(t): _reaching(list(best.values()), t) for t in THRESHOLDS},
        "nearest": [[problems[match.problem].task_id, round(match.score, 2), match.function] for match in nearest],
    }


def _own(problems: Sequence[Problem], found: Sequence[Match]) -> dict[str, object]:
    own = [match.score for match in found if match.text == match.problem]
    return {
        "with_itself": {str(t): _reaching(own, t) for t in THRESHOLDS},
        "with_another": {
            str(t): _reaching([match.score for match in found if match.text != match.problem], t) for t in THRESHOLDS
        },
        "problems": len(problems),
    }


def _reaching(scores: Sequence[float], threshold: float) -> int:
    return sum(score >= threshold for score in scores)


def _quiet(_done: int, _total: int) -> None:
    pass


if __name__ == "__main__":
    main()
