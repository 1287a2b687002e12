"""Two runs that never happened: one invented number by number, one in miniature through the real stages."""

import dataclasses
import math
import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

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
from hornbook.report.data import (
    Answer,
    Calibration,
    CodeExcerpt,
    Contamination,
    Corpus,
    Estimate,
    FamilyScore,
    Finding,
    FlowStep,
    Lane,
    MergedStep,
    NearestPair,
    ProblemAnswers,
    ReportData,
    Score,
    StageFacts,
    Surprise,
    TextExcerpt,
    Training,
)
from hornbook.report.gather import ReportConfig
from hornbook.report.stages import run_report
from hornbook.tokens.stages import TokenizeConfig, run_tokenize, run_tokenizer
from hornbook.tokens.tokenizer import TokenizerConfig
from hornbook.training.config import TrainConfig
from hornbook.training.stages import run_train

HOSTILE = "    return 1\n</code></pre></script><img src=x onerror=\"document.title='owned'\"><script>throw 1</script>\n"

LONG_CODE = '''def normalise_rows(matrix, epsilon=1e-9, *, a_rather_long_keyword_argument_name=None):
    """Scale each row of a made-up matrix to length one.

    Rows of zeros stay zeros.
    """
    rows = []
    for row in matrix:  # a comment
        length = sum(value**2 for value in row) ** 0.5
        rows.append([value / max(length, epsilon) for value in row])
    return rows
'''

PASSAGE = """# Counting what you see

Imagine a basket of fruit. You take each fruit out in turn & ask: have I met this kind before? A dictionary remembers.

```python
def count_each(items):
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts

print(count_each(["pear", "fig", "pear"]))
```

This prints:

```
{'pear': 2, 'fig': 1}
```

The call to `get` answers 0 for a fruit that is new, so that the first one counts as one.
"""


def _steps() -> tuple[Lane, ...]:
    def step(stage: str, title: str, kept: int, unit: str, dropped: tuple = (), note: str = "") -> FlowStep:
        return FlowStep(stage=stage, title=title, kept=kept, unit=unit, dropped=dropped, note=note)

    return (
        Lane(
            kind="code",
            title="Real code",
            steps=(
                step(
                    "corpus",
                    "Cut into samples",
                    10_412,
                    "samples",
                    (("too long", 312),),
                    "The standard library, invented.",
                ),
                step("select", "Chosen by value", 2_204, "samples", (("value below the threshold", 8_208),)),
            ),
        ),
        Lane(
            kind="textbook",
            title="Textbooks",
            steps=(
                step("textbooks", "Written", 6_000, "passages"),
                step("verify", "Examples executed", 5_996, "passages", (("wrong output", 4),)),
            ),
        ),
        Lane(
            kind="exercise",
            title="Exercises",
            steps=(
                step("exercises", "Written", 50_000, "exercises"),
                step("verify", "Solutions executed", 49_870, "exercises", (("a test failed", 127), ("timed out", 3))),
            ),
        ),
    )


def _score(model: str, benchmark: str, passed: int, ci95: tuple[float, float], num_problems: int) -> Score:
    return Score(
        model=model,
        benchmark=benchmark,
        pass_at_1=passed / num_problems,
        ci95=ci95,
        num_problems=num_problems,
        outcomes=(("passed", passed), ("wrong", num_problems - passed - 7), ("syntax error", 7)),
        protocol="greedy, at most 200 tokens",
    )


def _problem(index: int, chance: random.Random, text: str = "") -> ProblemAnswers:
    outcomes = ["passed" if chance.random() < share else "wrong" for share in (0.03, 0.12)]
    return ProblemAnswers(
        task_id=f"Invented/{index}",
        entry_point=f"invented_problem_{index}",
        category="strings",
        prompt=f'def invented_problem_{index}(words: list[str]) -> str:\n    """Join the words & sort."""\n',
        canonical_solution="    return ' '.join(sorted(words, key=len, reverse=True))\n",
        answers=tuple(
            Answer(
                model=model,
                text=text
                or "    result = []\n    for word in words:\n        result.append(word)\n    return result\n",
                outcome=outcome,
                detail="" if outcome == "passed" else "AssertionError: got 'a b', wanted 'b a'",
            )
            for model, outcome in zip(("base", "tuned"), outcomes, strict=True)
        ),
    )


def _training(name: str, high: float, low: float, steps: int, chance: random.Random) -> Training:
    def loss(step: int) -> float:
        return low + (high - low) * math.exp(-9 * step / steps)

    return Training(
        name=name,
        num_parameters=4_213_760,
        num_steps=steps,
        num_tokens=steps * 16_384,
        train_loss=tuple((step, loss(step) * (1 + 0.05 * chance.uniform(-1, 1))) for step in range(1, steps + 1)),
        held_out_loss=tuple((step, loss(step) * 1.03) for step in range(steps // 10, steps + 1, steps // 10)),
    )


@pytest.fixture
def report_data() -> ReportData:
    """A whole run, invented."""
    return fabricate()


def fabricate() -> ReportData:
    """Build the invented run; equal on every call."""
    chance = random.Random(3)
    names = (
        *("corpus", "annotate", "classifier", "select", "textbooks", "exercises", "verify", "deduplicate"),
        *(
            "decontaminate",
            "tokenizer",
            "tokenize",
            "pretrain",
            "finetune",
            "evaluate-base",
            "evaluate-tuned",
            "export",
        ),
    )
    excerpt = {"lines": "invented/linear.py, lines 10 to 20", "text": LONG_CODE}
    return ReportData(
        recipe="invented",
        scores=(
            _score("base", "held-out exercises", 65, (0.174, 0.267), 300),
            _score("tuned", "held-out exercises", 244, (0.765, 0.853), 300),
            _score("base", "HumanEval", 1, (0.001, 0.034), 164),
            _score("tuned", "HumanEval", 6, (0.017, 0.078), 164),
        ),
        stages=tuple(
            StageFacts(
                name=name,
                fingerprint=f"{index:02d}ab34cd56ef78901234",
                version=1,
                seed=0,
                seconds=[3.1, 0.2, 41.0, 1.2, 8.0, 12.5, 31.0, 9.9, 14.1, 2.5, 6.0, 181.4, 120.2, 28.8, 31.6, 0.9][
                    index
                ],
                kept=1_000 * index + 1,
                unit="records",
                dropped=(("exact duplicate", 3),) if index % 3 == 0 else (),
                inputs=(("corpus", "00ab34cd56ef78901234"), ("values", "02ab34cd56ef78901234")) if index else (),
            )
            for index, name in enumerate(names)
        ),
        lanes=_steps(),
        merged=tuple(
            MergedStep(
                step=FlowStep(stage=stage, title=title, kept=kept, unit="documents", dropped=dropped, note=note),
                kept_by_kind=(("code", 2_100), ("textbook", 5_900), ("exercise", kept - 8_000)),
            )
            for stage, title, kept, dropped, note in (
                (
                    "deduplicate",
                    "Duplicates put aside",
                    56_767,
                    (("exact duplicate", 903), ("near duplicate", 400)),
                    "",
                ),
                (
                    "decontaminate",
                    "Benchmark leaks put aside",
                    56_756,
                    (("shares a 13-gram", 11),),
                    "Against 464 problems.",
                ),
            )
        ),
        corpora=(
            Corpus(name="pretrain", num_train_tokens=2_912_334, num_held_out_tokens=29_000, num_documents=8_000),
            Corpus(name="finetune", num_train_tokens=6_120_021, num_held_out_tokens=61_000, num_documents=48_756),
        ),
        calibration=Calibration(
            num_labels=2_700,
            num_held_out=300,
            rank_correlation=Estimate(value=0.641, ci95=(0.571, 0.702)),
            auc=Estimate(value=0.874, ci95=(0.83, 0.911)),
            reliability=tuple(
                (0.05 + index / 10, min(1.0, 0.02 + (index / 10) ** 1.2), 60 - 4 * index) for index in range(10)
            ),
            curve=tuple((index / 100, (1 - index / 100) ** 2.2) for index in range(101)),
            threshold=0.574,
            surprises=(Surprise(name="invented.Odd", score=5, value=0.04, reason="clear, but long"),),
        ),
        code_kept=tuple(
            CodeExcerpt(
                name=f"invented.linear.f{i}",
                value=0.9 - i / 10,
                label=5 - i,
                label_reason="invented",
                dropped_because="",
                **excerpt,
            )
            for i in range(3)
        ),
        code_dropped=tuple(
            CodeExcerpt(
                name=f"invented.a_long_module_name.AVeryLongClassNameIndeed.g{i}",
                value=i / 10,
                label=None,
                label_reason="",
                dropped_because="below the threshold",
                **excerpt,
            )
            for i in range(3)
        ),
        passages=tuple(
            TextExcerpt(title=title, tags=("dictionaries", "for a beginner", "story"), text=PASSAGE)
            for title in ("Counting what you see", "Counting again")
        ),
        exercises=tuple(
            TextExcerpt(title=f"invented_{i}", tags=("lists", "comprehension", "google"), text=LONG_CODE)
            for i in range(4)
        ),
        trainings=(_training("pretrain", 7.6, 1.9, 600, chance), _training("finetune", 2.4, 0.31, 500, chance)),
        families=tuple(
            FamilyScore(family=family, num_problems=50, num_passed=(("base", base), ("tuned", tuned)))
            for family, base, tuned in (
                ("integers and arithmetic", 9, 42),
                ("conditions", 12, 45),
                ("strings", 8, 36),
                ("lists", 14, 44),
                ("dictionaries", 5, 33),
                ("nested lists", 0, 50),
            )
        ),
        held_out=tuple(_problem(index, chance, HOSTILE if index == 1 else "") for index in range(6)),
        humaneval=tuple(_problem(index, chance, HOSTILE if index == 7 else "") for index in range(164)),
        contamination=Contamination(
            num_checked=56_767,
            num_dropped=11,
            dropped=(("shares a 13-gram", 7), ("same syntax tree", 4)),
            checks=("Runs of 13 words shared with 164 docstrings.", "Syntax trees, whatever the names."),
            not_checked=("Problems told in other words: no embeddings were compared.",),
            findings=tuple(
                Finding(benchmark=benchmark, detector=detector, num_documents=7, num_problems=3)
                for benchmark in ("HumanEval", "held-out exercises")
                for detector in ("n-gram", "syntax tree", "docstring")
            ),
            nearest=tuple(
                NearestPair(
                    document_id="exercise-0123456789abcdef",
                    benchmark="HumanEval",
                    task_id="Invented/3",
                    measure=measure,
                    evidence=evidence,
                    dropped=not evidence,
                    document_text=LONG_CODE,
                    problem_text=LONG_CODE,
                )
                for measure, evidence in (("syntax tree, match rate 0.97", ""), ("13 shared words", "the words " * 6))
            ),
        ),
        environment=(("Python", "3.11.7"), ("torch", "2.13.0"), ("platform", "Linux")),
        absent=(),
    )


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
        completions = [Completion(task_id=p.task_id, sample_index=0, raw=HOSTILE, text=HOSTILE) for p in problems]
        verdicts = [
            Verdict(
                task_id=problem.task_id,
                sample_index=0,
                outcome=Outcome.WRONG if at % 3 else Outcome.PASSED,
                detail="AssertionError" if at % 3 else "",
                stderr="",
            )
            for at, problem in enumerate(problems)
        ]
        workspace.write_records(f"{name}-completions", Completion, completions)
        workspace.write_records(f"{name}-verdicts", Verdict, verdicts)
        generator = np.random.default_rng(0)
        scores.append(
            score_verdicts(name, problems, verdicts, protocol="none: invented", generator=generator).to_json()
        )
    return Result(kept=len(scores), unit="verdicts", metrics={"scores": scores})


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


def run_small(pipeline: Pipeline, root: Path) -> RunFolder:
    """Run a pipeline in the store `root` as the run `small`."""
    store = Store(root)
    store.open_for_writing()
    folder = RunFolder(store, "small")
    folder.begin(Run(name="small", recipe="small", seed=0))
    run(pipeline, store, _Recorder(folder))
    folder.finish()
    return folder


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The whole miniature run."""
    return run_small(small_pipeline(), tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def partial_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The miniature run as far as `select`, and its report."""
    pipeline = small_pipeline().until("select")
    report = Stage("report", run_report, ReportConfig(recipe="small"), 1, {s.name: s for s in pipeline.stages})
    return run_small(Pipeline("small", (*pipeline.stages, report)), tmp_path_factory.mktemp("store"))
