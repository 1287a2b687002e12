import dataclasses
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evaluated:
    """An evaluation by hand: benchmark → what became of each problem."""

    outcomes: dict[str, tuple[Outcome, ...]]
    backend: str = "bubblewrap"
    protocol: str = "greedy"
    is_old: bool = False


def write(config: Evaluated, inputs: object, workspace: Workspace) -> Result:
    scores = []
    for name, outcomes in config.outcomes.items():
        if not config.is_old:
            workspace.write_records(f"{name}-problems", Problem, list(PROBLEMS[: len(outcomes)]))
        rows = [verdict(f"own/{number}", one) for number, one in enumerate(outcomes)]
        workspace.write_records(f"{name}-verdicts", Verdict, rows)
        title = {} if config.is_old else {"title": name.title()}
        scores.append({"benchmark": name, "protocol": config.protocol, **title})
    return Result(kept=1, unit="verdicts", metrics={"scores": scores, "sandbox": {"backend": config.backend}})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    opened = Store(tmp_path_factory.mktemp("store"))
    opened.open_for_writing()
    both = {"own": (P, P, W, T), "other": (P, W, W, W)}
    base = {**both, "own": (W, W, W, W)}
    for name, stages in {
        "recipe": {"evaluate-base": Evaluated(outcomes=base), "evaluate-tuned": Evaluated(outcomes=both)},
        "evaluated": {"evaluate": Evaluated(outcomes={"own": (W, P, P, W)}, protocol="chat")},
        "elsewhere": {"evaluate": Evaluated(outcomes={"third": (W,)})},
        "unsafe": {"evaluate": Evaluated(outcomes={"own": (W, W)}, backend="none: programs run without a jail")},
        "old": {"evaluate-tuned": Evaluated(outcomes=both, is_old=True)},
        "begun": {},
    }.items():
        make_run(opened, name, [Stage(stage, write, config, 1) for stage, config in stages.items()])
    return opened


def write_lines(path: Path, lines: Sequence[Mapping[str, Any] | str]) -> Path:
    text = "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines)
    path.write_text(text)
    return path


def line(number: int, passed: bool, **more: Any) -> dict[str, Any]:
    return {"task_id": f"own/{number}", "passed": passed, **more}


def test_two_evaluations_meet_on_the_benchmark_that_both_have(store: Store) -> None:
    a, b = find_sides("recipe", "evaluated", store, None, None)
    assert (a.name, a.benchmark, a.title, a.protocol, a.jailed) == ("recipe", "own", "Own", "greedy", True)
    assert [one.outcome for one in a.verdicts] == [P, P, W, T]  # The tuned model's.
    assert [one.outcome for one in b.verdicts] == [W, P, P, W]
    assert a.problems == b.problems == PROBLEMS
    assert a.num_unanswered == 0
    assert differences_of([a, b])[1:] == ["A: greedy", "B: chat"]
    assert differences_of([dataclasses.replace(a, protocol=""), b]) == []
    base, unsafe = find_sides("recipe/evaluate-base", "unsafe", store, "own", None)
    assert (base.name, {one.outcome for one in base.verdicts}) == ("recipe/evaluate-base", {W})
    assert differences_of([base, unsafe]) == ["unsafe: programs ran without a jail"]


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
        line(0, True, verdict="passed", completion="x = '\u2028\x85'"),
        line(1, False, verdict="timed out (CPU)", detail="too long"),
        "",
        line(1, True),
        line(3, False, result="failed: …"),
    ]
    path = write_lines(tmp_path / "scored.jsonl", lines)
    packed = tmp_path / "scored.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    a, b = find_sides(str(path), "evaluated", store, "own", OWN)
    assert (a.name, a.benchmark, a.title, a.protocol) == (path.name, "own", "Own", "")
    assert list(a.verdicts) == [
        verdict("own/0", P),
        verdict("own/1", T, detail="too long"),
        verdict("own/1", P, 1),
        verdict("own/3", W),
    ]
    assert (a.problems, b.name) == ((PROBLEMS[0], PROBLEMS[1], PROBLEMS[3]), "evaluated")
    assert find_sides(str(packed), "evaluated", store, "own", OWN)[0].verdicts == a.verdicts
    assert differences_of([a, b]) == ["scored.jsonl: 1 of the benchmark's 4 problems have no sample"]
    with pytest.raises(ConfigError, match="elsewhere: third"):
        find_sides(str(path), "elsewhere", store, None, OWN)


def test_a_line_that_is_no_scored_sample_is_named(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    for bad, word in (
        ('{"task_id": "own/1", "pas', "cut off"),
        ('["own/1", true]', "task_id"),
        ({"task_id": "own/1", "completion": "x"}, "--output SCORED"),
        ({"task_id": "own/1", "passed": 1}, "passed"),
        ({"task_id": "own/9", "passed": True}, "own/9"),
        (line(1, True, verdict="wrong"), "wrong"),
        (line(1, False, verdict="passed"), "passed"),
        (line(1, False, verdict="sad"), "sad"),
    ):
        write_lines(path, [line(0, True), bad])
        with pytest.raises(MissingInputError, match=f"line 2 .*{word}"):
            find_sides(str(path), "evaluated", store, None, OWN)
    with pytest.raises(MissingInputError, match="no sample"):
        find_sides(str(write_lines(path, [""])), "evaluated", store, None, OWN)
