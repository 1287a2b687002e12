from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.evaluation.scripted_model import ScriptedModel

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.errors import DamagedArtifactError, EndpointError
from hornbook.evaluation.complete import complete_benchmark, describe_asking, text_of
from hornbook.evaluation.journal import Journal
from hornbook.evaluation.models import CHAT_ENDPOINT, COMPLETION_ENDPOINT, RUN, ModelIdentity, Request, SamplingConfig
from hornbook.records import Completion, Problem

PROBLEMS = tuple(
    Problem(
        task_id=f"own/{name}", prompt=f"def {name}():\n", entry_point=name, canonical_solution="", test="", category=""
    )
    for name in ("one", "two", "three")
)
CUT_AT_THE_END = Protocol(name="own", version=1, description="")
CUT_AT_STOPS = Protocol(name="own", version=1, description="", stop_strings=("\nprint", "\n\n"))
KEYS = [(problem.task_id, index) for problem in PROBLEMS for index in (0, 1)]


def own(protocol: Protocol = CUT_AT_THE_END) -> Benchmark:
    return Benchmark(name="own", title="own", protocol=protocol, problems=PROBLEMS, source="")


def identity(kind: str) -> ModelIdentity:
    return ModelIdentity(kind=kind, name="x", digest="")


def numbered(request: Request) -> str:
    return f"    return {KEYS.index((request.task_id, request.sample_index))}\nprint()\n"


def complete(
    model: ScriptedModel,
    folder: Path,
    steps: list[tuple[int, int]] | None = None,
    before: Sequence[Completion] = (),
) -> list[Completion]:
    with Journal(folder / "completions.jsonl", Completion) as journal:
        journal.append(before)
        return complete_benchmark(
            own(),
            model,
            SamplingConfig(temperature=0.5),
            num_samples=2,
            seed=1,
            journal=journal,
            progress=lambda done, total: steps.append((done, total)) if steps is not None else None,
        )


def test_each_problem_is_asked_as_often_as_wanted_and_its_answer_cut(tmp_path: Path) -> None:
    model, steps = ScriptedModel(numbered, group_size=4), list[tuple[int, int]]()
    completions = complete(model, tmp_path, steps)
    assert sorted(model.asked) == sorted(KEYS)
    assert [(row.task_id, row.sample_index) for row in completions] == KEYS
    assert completions[2] == Completion(
        task_id="own/two", sample_index=0, raw="    return 2\nprint()\n", text="    return 2\n"
    )
    assert steps == [(0, 6), (4, 6), (6, 6)]


def test_what_the_journal_holds_is_not_asked_for(tmp_path: Path) -> None:
    kept = [
        Completion(task_id=task_id, sample_index=index, raw="kept", text="kept")
        for task_id, index in (KEYS[0], KEYS[3])
    ]
    model, steps = ScriptedModel(numbered, group_size=2), list[tuple[int, int]]()
    completions = complete(model, tmp_path, steps, kept)
    assert sorted(model.asked) == sorted(KEYS[1:3] + KEYS[4:])
    assert [row.text for row in completions] == [
        "kept",
        "    return 1\n",
        "    return 2\n",
        "kept",
        "    return 4\n",
        "    return 5\n",
    ]
    assert steps == [(2, 6), (4, 6), (6, 6)]
    with Journal(tmp_path / "completions.jsonl", Completion) as journal:
        assert len(journal.entries()) == 6


def test_what_was_answered_before_a_model_broke_down_is_kept(tmp_path: Path) -> None:
    model = ScriptedModel(numbered, group_size=2, break_down_after=4)
    with pytest.raises(EndpointError, match="broke down"):
        complete(model, tmp_path)
    model.break_down_after = None
    completions = complete(model, tmp_path)
    assert sorted(model.asked) == sorted(KEYS)
    (tmp_path / "undisturbed").mkdir()
    assert completions == complete(ScriptedModel(numbered), tmp_path / "undisturbed")


def test_a_damaged_journal_is_named_and_nothing_asked(tmp_path: Path) -> None:
    (tmp_path / "completions.jsonl").write_text('{"task_id":"own/one"}\n{"task_id":"own/two"}\n')
    model = ScriptedModel(numbered)
    with pytest.raises(DamagedArtifactError, match=r"line 1 of the journal .*completions\.jsonl"):
        complete(model, tmp_path)
    assert model.asked == []


def test_an_answer_is_cut_as_the_protocol_and_the_kind_of_model_say() -> None:
    problem = PROBLEMS[0]
    raw = "    value = 1\n\n    return value\nprint(one())\n"
    assert text_of(CUT_AT_THE_END, identity(RUN), problem, raw) == "    value = 1\n\n    return value\n"
    assert text_of(CUT_AT_STOPS, identity(RUN), problem, raw) == "    value = 1"
    assert text_of(CUT_AT_STOPS, identity(COMPLETION_ENDPOINT), problem, raw) == "    value = 1"
    assert text_of(CUT_AT_STOPS, identity(COMPLETION_ENDPOINT), problem, "    return 1") == "    return 1"
    chat = "Sure:\n```python\ndef one():\n    return 1\n\nprint(one())\n```\n"
    for protocol in (CUT_AT_THE_END, CUT_AT_STOPS):
        text = text_of(protocol, identity(CHAT_ENDPOINT), problem, chat)
        assert "print" not in text
        space: dict[str, object] = {}
        exec(problem.prompt + text, space)  # The test's own two lines.
        assert space["one"]() == 1  # type: ignore[operator]


def test_the_way_of_asking_is_said_in_words() -> None:
    assert describe_asking(CUT_AT_THE_END, identity(RUN)) == "prompt as given, cut at the function's end"
    assert (
        describe_asking(CUT_AT_STOPS, identity(COMPLETION_ENDPOINT)) == "prompt as given, cut at the first stop string"
    )
    assert describe_asking(CUT_AT_STOPS, identity(CHAT_ENDPOINT)).startswith("chat: asked for the whole function")
