import dataclasses
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.evaluation.test_find import Recorder

from hornbook.artifacts.pipeline import Pipeline, run
from hornbook.artifacts.run import Run, RunFolder
from hornbook.artifacts.stage import Result, Stage, Workspace
from hornbook.artifacts.store import Store
from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.sides import Side, differences_of, find_sides, is_file
from hornbook.records import Outcome, Problem, Verdict

PROBLEMS = tuple(
    Problem(task_id=f"own/{number}", prompt="def f():\n", entry_point="f", canonical_solution="", test="", category="")
    for number in range(4)
)
OWN = Benchmark(
    name="own",
    title="Own",
    protocol=Protocol(name="own", version=1, description=""),
    problems=PROBLEMS,
    source="",
)
OTHER = dataclasses.replace(OWN, name="other", title="Other")
JAIL, NO_JAIL = "bubblewrap", "none: programs run without a jail"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evaluated:
    """An evaluation by hand: benchmark → what became of each problem."""

    outcomes: dict[str, tuple[Outcome, ...]]
    backend: str = JAIL
    protocol: str = "greedy"
    is_old: bool = False


def write(config: Evaluated, inputs: object, workspace: Workspace) -> Result:
    scores = []
    for name, outcomes in config.outcomes.items():
        if not config.is_old:
            workspace.write_records(f"{name}-problems", Problem, list(PROBLEMS[: len(outcomes)]))
        workspace.write_records(f"{name}-verdicts", Verdict, [verdict(i, one) for i, one in enumerate(outcomes)])
        title = {} if config.is_old else {"title": name.title()}
        scores.append({"benchmark": name, "protocol": config.protocol, **title})
    return Result(kept=1, unit="verdicts", metrics={"scores": scores, "sandbox": {"backend": config.backend}})


def verdict(number: int, outcome: Outcome, sample_index: int = 0) -> Verdict:
    return Verdict(task_id=f"own/{number}", sample_index=sample_index, outcome=outcome, detail="", stderr="")


P, W, T = Outcome.PASSED, Outcome.WRONG, Outcome.CPU_TIMED_OUT


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(tmp_path / "store")
    opened.open_for_writing()
    both = {"own": (P, P, W, T), "other": (P, W, W, W)}
    add(opened, "recipe", {"evaluate-base": Evaluated(outcomes=both), "evaluate-tuned": Evaluated(outcomes=both)})
    add(opened, "evaluated", {"evaluate": Evaluated(outcomes={"own": (W, P, P, W)}, protocol="chat")})
    add(opened, "elsewhere", {"evaluate": Evaluated(outcomes={"third": (W,)})})
    add(opened, "unsafe", {"evaluate": Evaluated(outcomes={"own": (W, W)}, backend=NO_JAIL)})
    add(opened, "old", {"evaluate-tuned": Evaluated(outcomes=both, is_old=True)})
    add(opened, "begun", {})
    return opened


def add(store: Store, name: str, stages: Mapping[str, Evaluated]) -> None:
    folder = RunFolder(store, name)
    folder.begin(Run(name=name, recipe="own", seed=0))
    made = tuple(Stage(stage, write, config, 1) for stage, config in stages.items())
    run(Pipeline("own", made), store, Recorder(folder))


def write_lines(path: Path, lines: Sequence[Mapping[str, Any] | str]) -> Path:
    text = "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def line(number: int, passed: bool, **more: Any) -> dict[str, Any]:
    return {"task_id": f"own/{number}", "passed": passed, **more}


def test_two_evaluations_meet_on_the_benchmark_that_both_have(store: Store) -> None:
    a, b = find_sides("recipe", "evaluated", store, None, None)
    assert (a.name, a.benchmark, a.title, a.protocol, a.jailed) == ("recipe", "own", "Own", "greedy", True)
    assert [one.outcome for one in a.verdicts] == [P, P, W, T]
    assert [one.outcome for one in b.verdicts] == [W, P, P, W]
    assert a.problems == b.problems == PROBLEMS
    assert a.num_unanswered == 0


def test_a_stage_of_a_run_can_be_named_and_the_tuned_model_is_meant_without(store: Store) -> None:
    a, b = find_sides("recipe/evaluate-base", "recipe", store, "other", None)
    assert (a.name, b.name) == ("recipe/evaluate-base", "recipe")
    assert [one.outcome for one in b.verdicts] == [P, W, W, W]


def test_where_several_are_shared_one_must_be_named(store: Store) -> None:
    with pytest.raises(ConfigError, match=r"share several benchmarks; name one with --benchmark \(recipe: own, other;"):
        find_sides("recipe", "recipe/evaluate-base", store, None, None)
    with pytest.raises(ConfigError, match=r"share no benchmark \(recipe: own, other; elsewhere: third\)"):
        find_sides("recipe", "elsewhere", store, None, None)
    with pytest.raises(ConfigError, match=r"share no benchmark `third` \(recipe: own, other; evaluated: own\)"):
        find_sides("recipe", "evaluated", store, "third", None)


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ("nothing", r"no run `nothing`.*the runs there: begun, elsewhere, evaluated"),
        ("begun", "`begun` holds no evaluation; `hornbook evaluate begun` makes one"),
        ("recipe/finetune", "the run `recipe` has no stage `finetune`; its stages: evaluate-base, evaluate-tuned"),
        ("old", "`old` was evaluated by an earlier version"),
    ],
)
def test_a_side_that_is_not_there_is_named(store: Store, side: str, message: str) -> None:
    for sides in ((side, "evaluated"), ("evaluated", side)):
        with pytest.raises(MissingInputError, match=message):
            find_sides(*sides, store, None, None)


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_a_file_of_scored_samples_is_a_side(store: Store, tmp_path: Path, ending: str) -> None:
    lines = [
        line(0, True, verdict="passed", completion="x = '\u2028\x85'"),
        line(1, False, verdict="timed out (CPU)", detail="too long"),
        "",
        line(1, True),
        line(2, False, result="failed: …"),
        line(3, False),
    ]
    path = write_lines(tmp_path / f"scored{ending}", lines)
    assert is_file(str(path))
    a, b = find_sides(str(path), "evaluated", store, "own", OWN)
    assert (a.name, a.benchmark, a.title, a.protocol) == (path.name, "own", "Own", "")
    assert list(a.verdicts) == [
        verdict(0, P),
        dataclasses.replace(verdict(1, T), detail="too long"),
        verdict(1, P, 1),
        verdict(2, W),
        verdict(3, W),
    ]
    assert b.name == "evaluated"
    assert differences_of([a, b]) == []


def test_a_file_that_lacks_problems_says_so(store: Store, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "part.jsonl", [line(2, True), line(0, False)])
    a, b = find_sides(str(path), str(path), store, None, OWN)
    assert a == b
    assert a.problems == (PROBLEMS[0], PROBLEMS[2])
    assert differences_of([a, b]) == ["part.jsonl: 2 of the benchmark's 4 problems have no sample"] * 2


def test_a_file_needs_its_benchmark(store: Store) -> None:
    for sides in (("a.jsonl", "b.jsonl"), ("a.jsonl", "evaluated"), ("evaluated", "a.jsonl")):
        with pytest.raises(ConfigError, match=r"`a\.jsonl` does not say which problems it answers.*--benchmark"):
            find_sides(*sides, store, None, None)
    for sides in (("a.jsonl", "elsewhere"), ("elsewhere", "a.jsonl")):
        listed = "; ".join(f"{side}: {'own' if side == 'a.jsonl' else 'third'}" for side in sides)
        with pytest.raises(ConfigError, match=rf"share no benchmark \({listed}\)"):
            find_sides(*sides, store, None, OWN)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ('{"task_id": "own/1", "pas', "line 2 .* is not JSON .*cut off"),
        ('["own/1", true]', "line 2 .* has no string `task_id`"),
        ({"task_id": 1, "passed": True}, "line 2 .* has no string `task_id`"),
        ({"task_id": "own/1", "completion": "x"}, "line 2 .* has no verdict `passed`.*--samples FILE --output SCORED"),
        ({"task_id": "own/1", "passed": 1}, "line 2 .* has no verdict `passed`"),
        ({"task_id": "own/9", "passed": True}, "line 2 .* answers `own/9`, which is no problem of `own`"),
        (line(1, True, verdict="wrong"), "line 2 .* says passed: True, and verdict: wrong"),
        (line(1, False, verdict="passed"), "line 2 .* says passed: False, and verdict: passed"),
        (line(1, False, verdict="sad"), "line 2 .* has the unknown verdict 'sad'"),
        (line(1, False, verdict=None), "line 2 .* has the unknown verdict None"),
    ],
)
def test_a_line_that_is_no_scored_sample_is_named(
    store: Store, tmp_path: Path, bad: Mapping[str, Any] | str, message: str
) -> None:
    path = write_lines(tmp_path / "bad.jsonl", [line(0, True), bad])
    with pytest.raises(MissingInputError, match=message):
        find_sides(str(path), "evaluated", store, None, OWN)


def test_a_file_that_is_not_there_or_damaged_is_named(store: Store, tmp_path: Path) -> None:
    whole = write_lines(tmp_path / "whole.jsonl.gz", [line(number, True) for number in range(4)])
    half = tmp_path / "half.jsonl.gz"
    half.write_bytes(whole.read_bytes()[:-20])
    plain = tmp_path / "plain.jsonl.gz"
    plain.write_text("{}\n")
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b'{"task_id": "caf\xe9"}\n')
    empty = write_lines(tmp_path / "empty.jsonl", ["", ""])
    for path, message in (
        (tmp_path / "missing.jsonl", "cannot be read: No such file"),
        (half, "half.jsonl.gz` are damaged"),
        (plain, "plain.jsonl.gz` are damaged"),
        (latin, "latin.jsonl` are damaged"),
        (empty, "empty.jsonl` hold no sample"),
    ):
        with pytest.raises(MissingInputError, match=message):
            find_sides(str(path), "evaluated", store, None, OWN)


def test_what_a_reader_must_know_is_said_beside_the_figures(store: Store) -> None:
    safe, unsafe = find_sides("recipe", "unsafe", store, "own", None)
    assert differences_of([safe, unsafe]) == ["unsafe: programs ran without a jail"]
    chat, greedy = find_sides("evaluated", "recipe", store, "own", None)
    assert differences_of([chat, greedy]) == ["the sides were not asked in the same way:", "A: chat", "B: greedy"]
    silent = dataclasses.replace(chat, protocol="")
    assert isinstance(silent, Side)
    assert differences_of([silent, greedy]) == []
