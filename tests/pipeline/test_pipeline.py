"""Only what changed runs again; the rest is reused."""

from typing import Any

import pytest

from hornbook.errors import ConfigError
from hornbook.pipeline import run as pipelines
from hornbook.pipeline.run import Pipeline, Reuse
from hornbook.pipeline.stage import Stage
from hornbook.pipeline.store import Store


def test_a_second_run_reuses_every_stage(store: Store, calls: Any, observer: Any, pipeline_of: Any) -> None:
    first = pipelines.run(pipeline_of(calls), store, observer)
    second = pipelines.run(pipeline_of(calls), store, observer)
    assert calls.names == ["count", "sum"]
    assert [outcome.reused for outcome in first.values()] == [False, False]
    assert [outcome.reused for outcome in second.values()] == [True, True]
    assert second["sum"].artifact.manifest == first["sum"].artifact.manifest


def test_a_changed_config_runs_its_stage_and_those_after_it(
    store: Store, calls: Any, observer: Any, pipeline_of: Any
) -> None:
    pipelines.run(pipeline_of(calls), store, observer)
    pipelines.run(pipeline_of(calls, offset=7), store, observer)
    assert calls.names == ["count", "sum", "sum"]
    pipelines.run(pipeline_of(calls, num_rows=4), store, observer)
    assert calls.names == ["count", "sum", "sum", "count", "sum"]


def test_fingerprints_are_those_of_configs_and_seed_however_they_were_set(calls: Any, pipeline_of: Any) -> None:
    changed = pipeline_of(calls).with_config("count", pipeline_of(calls, num_rows=9).stage("count").config)
    assert changed.fingerprints() == pipeline_of(calls, num_rows=9).fingerprints()
    before, after = pipeline_of(calls).fingerprints(), pipeline_of(calls, seed=1).fingerprints()
    assert all(before[name] != after[name] for name in before)


def test_until_keeps_only_what_the_stage_needs(calls: Any, pipeline_of: Any) -> None:
    pipeline = pipeline_of(calls)
    other = Stage("other", pipeline.stages[0].run, pipeline.stages[0].config, version=1)
    wide = Pipeline("wide", (other, *pipeline.stages))
    assert [stage.name for stage in wide.until("sum").stages] == ["count", "sum"]
    assert [stage.name for stage in wide.until("count").stages] == ["count"]
    with pytest.raises(ConfigError, match="no stage `summ`"):
        wide.until("summ")


def test_inspecting_writes_nothing_and_tells_what_would_run(
    store: Store, calls: Any, observer: Any, pipeline_of: Any
) -> None:
    pipelines.run(pipeline_of(calls), store, observer)
    statuses = pipelines.inspect(pipeline_of(calls, offset=1), store)
    assert [status.reuse for status in statuses] == [Reuse.REUSED, Reuse.MISSING]
    assert calls.names == ["count", "sum"]


def test_a_recipe_with_two_stages_of_one_name_or_a_wrong_order_is_refused(calls: Any, pipeline_of: Any) -> None:
    count, total = pipeline_of(calls).stages
    with pytest.raises(ConfigError, match="two stages named `count`"):
        Pipeline("p", (count, count))
    with pytest.raises(ConfigError, match="does not come before"):
        Pipeline("p", (total, count))
