"""What a plan adds up, and what a run remembers."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.pipeline import run as pipelines
from hornbook.pipeline.alone import alone_in
from hornbook.pipeline.plan import make_plan, print_plan
from hornbook.pipeline.run import Pipeline, Reuse
from hornbook.pipeline.runs import Run, RunFolder
from hornbook.pipeline.stage import Estimate, Hardware, Stage
from hornbook.pipeline.store import Store

GPUS = Hardware(gpu="h100", flops=1e15, memory_bytes=80 * 10**9, num_gpus=8, utilisation=0.5, basis="a data sheet")


def estimated(**figures: Any) -> Any:
    return lambda _stage, _hardware: Estimate(**figures)


def test_a_plan_adds_up_what_is_ahead_and_names_what_is_missing(
    store: Store, calls: Any, observer: Any, pipeline_of: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    made = pipeline_of(calls)
    pipelines.run(made, store, observer)
    run = made.stages[0].run
    more = (
        Stage("train", run, {}, 1, estimate=estimated(flops=3.6e18, tokens=5, parameters=7, memory_bytes=10)),
        Stage("tune", run, {}, 1, estimate=estimated(flops=1.8e18, tokens=2, parameters=7, memory_bytes=30)),
        Stage("write", run, {}, 1, estimate=estimated(teacher_calls=3, price_usd=1.5, missing=("write.folder=DIR",))),
    )
    pipeline = Pipeline("example", (*made.stages, *more))
    plan = make_plan(pipeline, store, GPUS)
    assert [step.name for step in plan.ahead] == ["train", "tune", "write"]
    assert [step.would for step in plan.stages] == ["be reused", "be reused", "run", "run", "need data"]
    assert (plan.total.tokens, plan.total.parameters, plan.total.memory_bytes) == (7, 7, 30)
    found = plan.as_json()
    # 5.4e18 operations at half of 1e15 a second are 10,800 GPU-seconds.
    assert found["total"]["gpu_hours"] == pytest.approx(3.0)
    assert (found["total"]["teacher_calls"], found["total"]["price_usd"]) == (3, 1.5)
    assert [step["seconds_last_time"] is None for step in found["stages"]] == [False, False, True, True, True]
    json.dumps(found)
    print_plan(plan, Console(width=200))
    printed = capsys.readouterr().out
    assert "3 of 5 stages would run" in printed
    assert "--set write.folder=DIR" in printed
    with pytest.raises(ConfigError, match=r"--set write\.folder=DIR"):
        pipelines.run(pipeline, store, observer)
    assert calls.names == ["count", "sum"]


def test_a_run_remembers_its_stages_and_finds_their_artifacts(
    store: Store, calls: Any, observer: Any, pipeline_of: Any
) -> None:
    folder = RunFolder(store, "mine")
    begun = Run(name="mine", recipe="example", seed=3, overrides={"count.num_rows": "4"})
    folder.begin(begun)
    for outcome in pipelines.run(pipeline_of(calls), store, observer).values():
        folder.add(outcome)
    assert not folder.read().finished
    folder.finish()
    run = folder.read()
    assert (run.finished, run.seed, run.overrides) == (True, 3, {"count.num_rows": "4"})
    assert [(stage.name, stage.reused) for stage in run.stages] == [("count", False), ("sum", False)]
    assert (folder.path / "sum" / "total.txt").read_text() == "3.0"
    assert list(folder.artifacts()) == ["count", "sum"]
    store.forget("count", run.stages[0].fingerprint)
    assert pipelines.inspect(pipeline_of(calls), store)[0].reuse is Reuse.MISSING
    with pytest.raises(DamagedArtifactError, match=r"`count` .*hornbook run example"):
        folder.artifacts()
    folder.begin(begun)
    assert folder.read() == dataclasses.replace(begun, stages=run.stages)


def test_a_name_keeps_what_it_has_until_a_run_has_more(
    store: Store, calls: Any, observer: Any, pipeline_of: Any, tmp_path: Path
) -> None:
    def run(name: str = "mine", *, until: str | None = None, seed: int = 0, is_replaced: bool = False) -> None:
        folder = RunFolder(store, name)
        pipeline = pipeline_of(calls, seed=seed)
        with folder.recording(Run(name=name, recipe="example", seed=seed, until=until), is_replaced=is_replaced):
            for outcome in pipelines.run(pipeline.until(until) if until else pipeline, store, observer).values():
                folder.add(outcome)

    folder = RunFolder(store, "mine")
    run()
    whole = folder.read()
    run(until="count")
    after = folder.read()
    assert (after.finished, after.until, [stage.name for stage in after.stages]) == (True, None, ["count", "sum"])
    assert (folder.path / "sum" / "total.txt").exists()
    with pytest.raises(ConfigError, match=r"`hornbook run example`, and would be replaced.*--name.*--replace"):
        run(seed=1)
    assert folder.read().seed == 0
    run("other", seed=1)
    run(seed=1, is_replaced=True)
    assert folder.read().stages[0].fingerprint != whole.stages[0].fingerprint
    run(seed=1, until="count", name="part")
    run(seed=1, name="part")
    assert [stage.name for stage in RunFolder(store, "part").read().stages] == ["count", "sum"]
    with (
        alone_in(folder.path, "running"),
        pytest.raises(ConfigError, match="another process is working on the run in"),
    ):
        run(seed=1)


def test_a_run_that_is_not_there_or_whose_record_is_broken_is_named(store: Store) -> None:
    RunFolder(store, "mine").begin(Run(name="mine", recipe="example", seed=0))
    with pytest.raises(MissingInputError, match="mine"):
        RunFolder(store, "yours").read()
    (store.runs / "mine" / "run.json").write_text("{}")
    with pytest.raises(DamagedArtifactError, match="`mine`"):
        RunFolder(store, "mine").read()
    for name in ("", ".hidden", "a/b", ".."):
        with pytest.raises(ConfigError, match="--name"):
            RunFolder(store, name)


def test_a_folder_is_worked_in_by_one_alone(tmp_path: Path) -> None:
    from hornbook.pipeline.alone import alone_in

    with alone_in(tmp_path, "writing"), pytest.raises(ConfigError, match="writing"), alone_in(tmp_path, "writing"):
        pass
    with alone_in(tmp_path, "writing"):
        pass
