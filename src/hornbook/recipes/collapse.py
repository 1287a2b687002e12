"""The pipeline behind `hornbook study collapse`: models that learn from what the model before them wrote.

    exercises → train → write → [verify] → mix → train → write → … five generations

Each generation is trained from new weights on equally many exercises: a share of the original ones, and those that the
generation before wrote from nothing. A model that is trained so loses rare things first (arXiv 2305.17493).
"""

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hornbook.benchmarks.humaneval import structure_of_humaneval
from hornbook.errors import ConfigError
from hornbook.evaluation.stages import HELD_OUT, EvaluateConfig, evaluate
from hornbook.generation.prompt import Prompt, SamplingConfig, StopRule
from hornbook.generation.sample import generate_batches
from hornbook.model.weights import load_model
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.python_code.parse import parse_code
from hornbook.python_code.structure import distance_between
from hornbook.recipes import laptop
from hornbook.records import Document, DocumentKind, Exercise, as_document, content_id
from hornbook.report.arms import compare_arms
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.diversity.measure import measure
from hornbook.synthesis.strict import check_strictly
from hornbook.synthesis.verify import verify
from hornbook.synthesis.write import write_exercises
from hornbook.tokens.stages import tokenize, train_tokenizer
from hornbook.tokens.tokenizer import load_tokenizer
from hornbook.training.config import TrainConfig
from hornbook.training.stages import train

VERSION = 1
NUM_GENERATIONS = 5
ARMS = ((0.0, False), (0.0, True), (0.1, False), (0.5, False))
"""Share of the original exercises in what a generation learns from, and whether what was written is verified."""
NUM_EXERCISES = 3_000
"""That a generation learns from."""
NUM_HELD_OUT = 100
NUM_STEPS = 1_200
"""Of a generation's training, of 1,024 tokens each."""
_NO_TEST = "def check(candidate):\n    pass\n"
_NOTHING_STOPS = StopRule(at_function_end=False)
TRAINING: TrainConfig = replace(laptop.FINETUNE, model=laptop.MODEL, num_steps=NUM_STEPS)
EVALUATE = EvaluateConfig(benchmarks=(HELD_OUT,), max_new_tokens=200)
QUESTION = (
    "Does a model that learns from what its predecessor wrote get worse, and does it help to run what was written? "
    "Each generation is trained from new weights on equally many exercises; the first one on those of the curriculum. "
    "Verified exercises run, and the examples in their docstrings hold."
)


@dataclass(frozen=True, kw_only=True)
class RewriteConfig:
    """How a model writes exercises from nothing."""

    num_exercises: int
    """Different ones that parse, or that hold; the model writes at most twice as many texts for them."""
    is_verified: bool = False
    """Whether an exercise must run, with the examples in its docstring."""
    max_new_tokens: int = 320
    temperature: float = 1.0
    sampling_seed: int = 0


@dataclass(frozen=True, kw_only=True)
class MixConfig:
    """What a generation learns from."""

    share: float
    """Of the original exercises."""
    num_exercises: int

    def __post_init__(self) -> None:
        if not 0 <= self.share < 1:
            raise ConfigError(f"`share` must lie in [0, 1), got {self.share!r}")


def run_rewrite(config: RewriteConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write exercises with a model: `documents`, and in the metrics how varied and how near to real code they are."""
    model = load_model(inputs["model"].folder)
    tokenizer = load_tokenizer(inputs["tokenizer"].path("tokenizer.json"))
    prompts = [Prompt(text="", key=str(index), stop=_NOTHING_STOPS) for index in range(2 * config.num_exercises)]
    sampling = SamplingConfig(max_new_tokens=config.max_new_tokens, temperature=config.temperature)
    kept: dict[str, Exercise] = {}
    num_texts = num_parsed = num_wrong = 0
    with Jail() as jail:
        for batch in generate_batches(model, tokenizer, prompts, sampling, config.sampling_seed):
            written = {one.id: one for _, text in sorted(batch) if (one := _exercise_in(text))}
            wrong = {one.id for one in check_strictly([as_document(one) for one in written.values()], jail)}
            kept |= {key: one for key, one in written.items() if not (config.is_verified and key in wrong)}
            num_texts, num_parsed, num_wrong = num_texts + len(batch), num_parsed + len(written), num_wrong + len(wrong)
            workspace.progress(len(kept), config.num_exercises, "exercises written")
            if len(kept) >= config.num_exercises:
                break
    taken = list(kept.values())[: config.num_exercises]
    workspace.write_records("documents", Document, map(as_document, taken))
    score = _score(taken, num_texts, num_parsed - num_wrong)
    return Result(kept=len(taken), unit="exercises", metrics={"scores": [score]})


def _exercise_in(text: str) -> Exercise | None:
    """The exercise that a text is: one function at its end, with something behind its docstring."""
    tree = parse_code(text)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)] if tree else []
    if not functions or not text.endswith("\n"):
        return None
    return Exercise(
        id=content_id("rewritten", text),
        prompt="",
        solution=text,
        entry_point=functions[-1].name,
        test=_NO_TEST,
        family="rewritten",
        operations=(),
        docstring_style="",
        teacher="model",
    )


def _score(kept: list[Exercise], num_texts: int, num_that_hold: int) -> dict[str, object]:
    measured = measure(kept).as_json()
    real, found = structure_of_humaneval(), measured["structure"]
    return {
        "benchmark": "written",
        "title": "what it wrote",
        "num_problems": len(kept),
        "num_texts": num_texts,
        "holds_share": num_that_hold / num_texts,
        "examples_share": found["shares"]["example in the docstring"] if found else 0.0,
        "near_share": measured["near_share"],
        "compression": measured["compression"] or 1.0,
        "distance": distance_between(found, real) if found and real else 1.0,
    }


def run_mix(config: MixConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Take the first original exercises, then what was written."""
    num_original = round(config.share * config.num_exercises)
    original = itertools.islice(_exercises(inputs["original"]), num_original)
    written = itertools.islice(inputs["written"].documents(), config.num_exercises - num_original)
    number = workspace.write_records("documents", Document, itertools.chain(original, written))
    return Result(kept=number, unit="documents")


def _exercises(artifact: Artifact) -> Iterator[Document]:
    return (one for one in artifact.documents() if one.kind is DocumentKind.EXERCISE)


def collapse(num_seeds: int = 3) -> Pipeline:
    """Generations of models, for each of `ARMS`."""
    exercises = write_exercises(
        ExercisesConfig(num_exercises=NUM_EXERCISES, num_held_out=NUM_HELD_OUT, families=laptop.FAMILIES)
    )
    original = verify(exercises)
    tokenizer = train_tokenizer(original, laptop.TOKENIZER)
    evaluations: dict[tuple[str, int], list[Stage]] = {}
    against: dict[str, str] = {}

    def learn(arm: str, documents: Stage, seed: int) -> Stage:
        """The model of a generation; its evaluation is noted."""
        name = _named(arm, seed)
        tokens = tokenize(documents, tokenizer, name=f"{name}-tokenize")
        model = train(tokens, replace(TRAINING, seed=seed), name=name)
        evaluations[arm, seed] = [evaluate(model, tokenizer, EVALUATE, held_out=exercises, name=f"{name}-evaluate")]
        return model

    def rewrite(arm: str, model: Stage, seed: int, is_verified: bool) -> Stage:
        config = RewriteConfig(num_exercises=NUM_EXERCISES, is_verified=is_verified, sampling_seed=seed)
        name = f"{_named(arm, seed)}-{'verified' if is_verified else 'written'}"
        return Stage(name, run_rewrite, config, VERSION, {"model": model, "tokenizer": tokenizer})

    for seed in range(num_seeds):
        first = learn("original", original, seed)
        of_first = {checked: rewrite("original", first, seed, checked) for checked in (False, True)}
        evaluations["original", seed].append(of_first[False])
        for share, is_verified in ARMS:
            before, written = "original", of_first[is_verified]
            for number in range(2, NUM_GENERATIONS + 1):
                arm = f"{share:.0%} original{', verified' if is_verified else ''}, generation {number}"
                config = MixConfig(share=share, num_exercises=NUM_EXERCISES)
                inputs = {"original": original, "written": written}
                mixed = Stage(f"{_named(arm, seed)}-mix", run_mix, config, VERSION, inputs)
                written = rewrite(arm, learn(arm, mixed, seed), seed, is_verified)
                evaluations[arm, seed].append(written)
                against[arm], before = before, arm
    arms = list(dict.fromkeys(arm for arm, _ in evaluations))
    ordered = {(arm, seed): evaluations[arm, seed] for arm in arms for seed in range(num_seeds)}
    return Pipeline.ending_in("collapse", compare_arms(ordered, against, title="collapse", question=QUESTION))


def _named(arm: str, seed: int) -> str:
    """`0% original, verified, generation 2`, 1 → `0-original-verified-generation-2-1`."""
    return re.sub(r"\W+", "-", f"{arm}-{seed}")
