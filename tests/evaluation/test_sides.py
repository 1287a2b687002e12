"""What a comparison may be about; `tests/commands/test_compare.py` compares whole evaluations and files."""

import dataclasses
import json
from pathlib import Path

import pytest
from tests.evaluation.small import benchmark, make_run, problem, verdict

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.sides import differences_of, find_sides
from hornbook.pipeline.stage import Result, Stage, Workspace
from hornbook.pipeline.store import Store
from hornbook.records import Outcome, Problem, Verdict

PROBLEMS = tuple(problem(f"own/{number}") for number in range(4))
OWN = benchmark(PROBLEMS)
P, W, T = Outcome.PASSED, Outcome.WRONG, Outcome.CPU_TIMED_OUT
GOOD = {"task_id": "own/0", "passed": True}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evaluated:
    """An evaluation by hand: benchmark → the outcome on each problem."""

    outcomes: dict[str, tuple[Outcome, ...]]
    protocol: str = "greedy"
    is_old: bool = False


def write(config: Evaluated, inputs: object, workspace: Workspace) -> Result:
    scores = []
    for name, outcomes in config.outcomes.items():
        workspace.write_records(f"{name}-problems", Problem, list(PROBLEMS[: len(outcomes)]))
        rows = [verdict(f"own/{number}", one) for number, one in enumerate(outcomes)]
        workspace.write_records(f"{name}-verdicts", Verdict, rows)
        title = {} if config.is_old else {"title": name.title()}
        scores.append({"benchmark": name, "protocol": config.protocol, **title})
    return Result(kept=1, unit="verdicts", metrics={"scores": scores, "sandbox": {"backend": "bubblewrap"}})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    opened = Store(tmp_path_factory.mktemp("store"))
    opened.open_for_writing()
    both = {"own": (P, P, W, T), "other": (P, W, W, W)}
    base, tuned = Evaluated(outcomes={**both, "own": (W, W, W, W)}), Evaluated(outcomes=both)
    for name, stages in {
        "recipe": {"evaluate-base": base, "evaluate-tuned": tuned},
        "evaluated": {"evaluate": Evaluated(outcomes={"own": (W, P, P, W)}, protocol="chat")},
        "elsewhere": {"evaluate": Evaluated(outcomes={"third": (W,)})},
        "old": {"evaluate-tuned": dataclasses.replace(tuned, is_old=True)},
        "begun": {},
    }.items():
        make_run(opened, name, [Stage(stage, write, config, 1) for stage, config in stages.items()])
    return opened


def test_two_evaluations_meet_on_the_benchmark_that_both_have(store: Store) -> None:
    a, b = find_sides("recipe", "evaluated", store, None, None)
    assert (a.name, a.benchmark, a.title, a.protocol, a.jailed) == ("recipe", "own", "Own", "greedy", True)
    assert [one.outcome for one in a.verdicts] == [P, P, W, T]  # The tuned model's.
    assert (a.problems, a.num_unanswered) == (PROBLEMS, 0)
    assert differences_of([a, b])[1:] == ["A: greedy", "B: chat"]
    base, _ = find_sides("recipe/evaluate-base", "recipe", store, "own", None)
    assert (base.name, {one.outcome for one in base.verdicts}) == ("recipe/evaluate-base", {W})


@pytest.mark.parametrize(
    ("sides", "benchmark", "error", "words"),
    [
        (("recipe", "recipe/evaluate-base"), None, ConfigError, ("several", "--benchmark", "own, other")),
        (("recipe", "elsewhere"), None, ConfigError, ("no benchmark", "elsewhere: third")),
        (("recipe", "evaluated"), "third", ConfigError, ("no benchmark `third`",)),
        (("evaluated", "nothing"), None, MissingInputError, ("no run `nothing`", "begun, elsewhere")),
        (("begun", "evaluated"), None, MissingInputError, ("`begun`", "hornbook evaluate begun")),
        (("recipe/finetune", "recipe"), None, MissingInputError, ("`finetune`", "evaluate-base, evaluate-tuned")),
        (("evaluated", "old"), None, MissingInputError, ("`old`", "earlier version")),
        (("a.jsonl", "evaluated"), None, ConfigError, ("`a.jsonl`", "--benchmark")),
    ],
)
def test_sides_that_do_not_meet_are_named(
    store: Store, sides: tuple[str, str], benchmark: str | None, error: type[Exception], words: tuple[str, ...]
) -> None:
    with pytest.raises(error) as caught:
        find_sides(*sides, store, benchmark, None)
    assert all(word in str(caught.value) for word in words), caught.value


def test_a_file_of_scored_samples_is_a_side(store: Store, tmp_path: Path) -> None:
    lines = [
        {**GOOD, "verdict": "passed", "completion": "x = '\u2028\x85'"},
        {"task_id": "own/1", "passed": False, "verdict": "timed out (CPU)", "detail": "too long"},
        {"task_id": "own/1", "passed": True},
        {"task_id": "own/3", "passed": False, "result": "failed: …"},
    ]
    path = tmp_path / "scored.jsonl"
    path.write_text("\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    a, b = find_sides(str(path), "evaluated", store, "own", OWN)
    expected = [
        verdict("own/0", P),
        verdict("own/1", T, detail="too long"),
        verdict("own/1", P, 1),
        verdict("own/3", W),
    ]
    assert list(a.verdicts) == expected
    assert (a.problems, a.title, b.name) == ((PROBLEMS[0], PROBLEMS[1], PROBLEMS[3]), "Own", "evaluated")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('{"task_id": "own/1", "pas', "cut off"),
        ('["own/1", true]', "task_id"),
        ('{"task_id": "own/1", "completion": "x"}', "--output SCORED"),
        ('{"task_id": "own/1", "passed": 1}', "passed"),
        ('{"task_id": "own/9", "passed": true}', "own/9"),
        ('{"task_id": "own/1", "passed": true, "verdict": "wrong"}', "wrong"),
        ('{"task_id": "own/1", "passed": false, "verdict": "passed"}', "passed"),
        ('{"task_id": "own/1", "passed": false, "verdict": "sad"}', "sad"),
    ],
)
def test_a_line_that_is_no_scored_sample_is_named(store: Store, tmp_path: Path, line: str, word: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(f"{json.dumps(GOOD)}\n{line}\n")
    with pytest.raises(MissingInputError, match=f"line 2 .*{word}"):
        find_sides(str(path), "evaluated", store, None, OWN)
    path.write_text("\n")
    with pytest.raises(MissingInputError, match="no sample"):
        find_sides(str(path), "evaluated", store, None, OWN)
