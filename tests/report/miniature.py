"""A run in miniature: what is slow is played, every other stage is the real one."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from tests.report.invented import HOSTILE, PASSAGE

from hornbook.artifacts.pipeline import Pipeline, StageOutcome, StageStatus, run
from hornbook.artifacts.run import Run, RunFolder
from hornbook.artifacts.stage import Artifact, Progress, Result, Stage, StageFunction, Workspace
from hornbook.artifacts.store import Store
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.curation.classifier import ClassifierConfig
from hornbook.curation.select import SelectConfig
from hornbook.curation.stages import run_classifier, run_select
from hornbook.decontamination.stages import DecontaminateConfig, run_decontaminate
from hornbook.deduplication.stages import DeduplicateConfig, run_deduplicate
from hornbook.evaluation.score import score_verdicts
from hornbook.export.stages import ExportConfig, run_export
from hornbook.model.config import ModelConfig
from hornbook.records import (
    CodeSample,
    Completion,
    Dropped,
    Exercise,
    Label,
    Outcome,
    Passage,
    Problem,
    SampleKind,
    Verdict,
    content_id,
)
from hornbook.report.gather import ReportConfig
from hornbook.report.stages import run_report
from hornbook.sandbox.jail import Jail
from hornbook.tokens.stages import TokenizeConfig, run_tokenize, run_tokenizer
from hornbook.tokens.tokenizer import TokenizerConfig
from hornbook.training.config import TrainConfig
from hornbook.training.stages import run_train

MORE = "\n\nprint('what follows the function')\n"
WARNING = "DeprecationWarning: <b>invented</b>"


@dataclasses.dataclass(frozen=True, kw_only=True)
class _NoConfig:
    """Of the stages that are played by a few lines here."""


def _plain(index: int) -> CodeSample:
    body = "".join(f"    total = total * {index} + {line}\n" for line in range(3 + index % 5))
    doc = '    """Return a made-up number.\n\n    It teaches how to add.\n    """\n' if index % 2 else ""
    text = f"def made_up_{index}(total):\n{doc}{body}    return total\n"
    return CodeSample(
        id=content_id("code", text),
        text=text,
        source="invented-1.0",
        path=f"invented/part_{index}.py",
        module=f"invented.part_{index}",
        qualname=f"made_up_{index}",
        kind=SampleKind.FUNCTION,
        first_line=1,
        last_line=text.count("\n"),
        license="CC0-1.0",
    )


def _corpus(_config: _NoConfig, _inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    samples = [_plain(index) for index in range(60)]
    workspace.write_records("samples", CodeSample, samples)
    return Result(kept=len(samples), unit="samples")


def _annotate(_config: _NoConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    labels = [
        Label(sample_id=sample.id, score=4 if '"""' in sample.text else at % 3, reason="invented", annotator="test")
        for at, sample in enumerate(inputs["corpus"].records("samples", CodeSample))
        if at < 50
    ]
    workspace.write_records("labels", Label, labels)
    return Result(kept=len(labels), unit="labels")


def _exercise(index: int, family: str) -> Exercise:
    prompt = f'def add_{index}(number: int) -> int:\n    """Return the number plus {index}."""\n'
    return Exercise(
        id=content_id("exercise", prompt),
        prompt=prompt,
        solution=f"    return number + {index}\n",
        entry_point=f"add_{index}",
        test=f"def check(candidate):\n    assert candidate(1) == {index + 1}\n",
        family=family,
        operations=("add",),
        idiom="expression",
        docstring_style="sentence",
        teacher="test",
    )


def _textbooks(_config: _NoConfig, _inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    passages = [
        Passage(
            id=content_id("passage", str(index)),
            text=f"Lesson {index} is about {topic}.\n\n" + PASSAGE.replace("fruit", topic),
            family="dictionaries",
            topic=topic,
            audience="a beginner",
            style="story",
            teacher="test",
        )
        for index, topic in enumerate(("fruit", "stones", "letters"))
    ]
    workspace.write_records("passages", Passage, passages)
    return Result(kept=len(passages), unit="passages")


def _exercises(_config: _NoConfig, _inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    exercises = [_exercise(index, ("integers", "strings")[index % 2]) for index in range(40)]
    held_out = [
        Problem(
            task_id=f"hornbook/{index:04d}",
            prompt=exercise.prompt,
            entry_point=exercise.entry_point,
            canonical_solution=exercise.solution,
            test=exercise.test,
            category=exercise.family,
        )
        for index, exercise in enumerate(
            _exercise(number, ("integers", "strings")[number % 2]) for number in range(39, 45)
        )
    ]
    workspace.write_records("exercises", Exercise, exercises)
    workspace.write_records("held_out", Problem, held_out)
    return Result(kept=len(exercises), unit="exercises")


def _verify(_config: _NoConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    exercises = inputs["exercises"].records("exercises", Exercise)
    passages = inputs["textbooks"].records("passages", Passage)
    lost = [
        Dropped(id=exercises[0].id, reason="a test failed", detail="invented"),
        Dropped(id=passages[0].id, reason="wrong output", detail="invented"),
    ]
    workspace.write_records("kept", Exercise, exercises[1:])
    workspace.write_records("passages", Passage, passages[1:])
    workspace.write_records("dropped", Dropped, lost)
    return Result(
        kept=len(exercises) + len(passages) - 2, unit="records", dropped={"a test failed": 1, "wrong output": 1}
    )


def _evaluate(_config: _NoConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Completions that nobody generated, with verdicts that no jail gave: the tables and metrics are the real ones."""
    benchmarks = {"held_out": inputs["held_out"].records("held_out", Problem), "humaneval": read_humaneval()}
    scores = []
    for name, problems in benchmarks.items():
        completions = [
            Completion(task_id=p.task_id, sample_index=0, raw=HOSTILE + MORE, text=HOSTILE) for p in problems
        ]
        verdicts = [
            Verdict(
                task_id=problem.task_id,
                sample_index=0,
                outcome=Outcome.WRONG if at % 3 else Outcome.PASSED,
                detail="AssertionError" if at % 3 else "",
                stderr="" if at % 3 else WARNING,
            )
            for at, problem in enumerate(problems)
        ]
        workspace.write_records(f"{name}-completions", Completion, completions)
        workspace.write_records(f"{name}-verdicts", Verdict, verdicts)
        generator = np.random.default_rng(0)
        scores.append(
            score_verdicts(name, problems, verdicts, protocol="none: invented", generator=generator).to_json()
        )
    metrics = {"scores": scores, "sandbox": Jail().describe(), "truncated_prompts": {"held_out": 2, "humaneval": 0}}
    return Result(kept=len(scores), unit="verdicts", metrics=metrics)


def small_pipeline() -> Pipeline:
    """A whole run in miniature: corpus, lessons and answers are played, every other stage is the real one."""
    model = ModelConfig(
        vocab_size=300, num_layers=1, hidden_size=16, intermediate_size=32, num_heads=2, max_position=32
    )
    training = TrainConfig(
        dataset="pretrain",
        model=model,
        num_steps=6,
        batch_size=2,
        sequence_length=16,
        learning_rate=1e-3,
        warmup_steps=1,
        log_every=1,
        eval_every=3,
    )
    stages: dict[str, Stage] = {}

    def add(name: str, function: StageFunction, config: object, **inputs: str) -> None:
        sources = {key: stages[source.replace("_", "-")] for key, source in inputs.items()}
        stages[name] = Stage(name, function, config, 1, sources)

    add("corpus", _corpus, _NoConfig())
    add("annotate", _annotate, _NoConfig(), corpus="corpus")
    add("classifier", run_classifier, ClassifierConfig(num_bootstrap_samples=20), corpus="corpus", labels="annotate")
    add("select", run_select, SelectConfig(keep_share=0.4), corpus="corpus", values="classifier")
    add("textbooks", _textbooks, _NoConfig())
    add("exercises", _exercises, _NoConfig())
    add("verify", _verify, _NoConfig(), textbooks="textbooks", exercises="exercises")
    add("deduplicate", run_deduplicate, DeduplicateConfig(), select="select", verify="verify")
    add("decontaminate", run_decontaminate, DecontaminateConfig(), deduplicate="deduplicate", held_out="exercises")
    add("tokenizer", run_tokenizer, TokenizerConfig(vocab_size=300), decontaminate="decontaminate")
    held_out = TokenizeConfig(held_out_share=0.2)
    add("tokenize", run_tokenize, held_out, decontaminate="decontaminate", tokenizer="tokenizer")
    add("pretrain", run_train, training, tokenize="tokenize")
    finetuning = dataclasses.replace(training, dataset="finetune", model=None)
    add("finetune", run_train, finetuning, tokenize="tokenize", base="pretrain")
    add("evaluate-base", _evaluate, _NoConfig(), model="pretrain", tokenizer="tokenizer", held_out="exercises")
    add("evaluate-tuned", _evaluate, _NoConfig(), model="finetune", tokenizer="tokenizer", held_out="exercises")
    card = {name: name for name in ("tokenizer", "pretrain", "select", "verify", "deduplicate", "decontaminate")}
    add(
        *("export", run_export, ExportConfig(name="invented")),
        **card,
        model="finetune",
        evaluate_base="evaluate_base",
        evaluate_tuned="evaluate_tuned",
    )
    everything = tuple(stages.values())
    report = Stage("report", run_report, ReportConfig(recipe="small"), 1, {stage.name: stage for stage in everything})
    return Pipeline("small", (*everything, report))


class _Recorder:
    """Keeps a run's record and says nothing."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def on_start(self, status: StageStatus, index: int, total: int) -> Progress:
        return lambda done, total, note="": None

    def on_finish(self, outcome: StageOutcome, index: int, total: int) -> None:
        self.folder.add(outcome)


def run_small(pipeline: Pipeline, root: Path, name: str = "small") -> RunFolder:
    """Run a pipeline in the store `root` as the run `name`."""
    store = Store(root)
    store.open_for_writing()
    folder = RunFolder(store, name)
    folder.begin(Run(name=name, recipe=name, seed=0))
    run(pipeline, store, _Recorder(folder))
    folder.finish()
    return folder
