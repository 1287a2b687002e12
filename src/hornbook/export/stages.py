"""The stage `export`: a trained model as a folder for transformers, with a model card.

Reads:  the model and its tokenizer; for the card also the manifests of the stages that its data passed, of its
        trainings and of its evaluations, as far as the recipe has them.
Writes: the folder `model/`.
Source: Mitchell et al. 2019, "Model Cards for Model Reporting", for what a card has to say.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jinja2

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.leaks import clean_scores, read_leaks
from hornbook.export.huggingface import export_huggingface
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.weights import load_config
from hornbook.pipeline.run import with_inputs
from hornbook.pipeline.stage import Artifact, Estimate, Hardware, Result, Stage, Workspace
from hornbook.tokens.tokenizer import TOKENIZER, load_tokenizer, may_end_in_newline

VERSION = 6
"""Raised when the exported files change: it is part of the fingerprint."""
_DATA = ("code", "filters", "select", "verify", "deduplicate", "decontaminate")
_TRAININGS = ("pretrain", "model")
_EVALUATIONS = (("base", "evaluate-base"), ("tuned", "evaluate-tuned"), ("tuned, sampled", "evaluate-sampled"))
_BENCHMARKS = {"held_out": "held-out exercises", "humaneval": "HumanEval"}
_WEIGHT_BYTES = 4
"""Size of a parameter, float32."""
_MEASURED = ("rule", "13-gram")
"""Prefixes of the detectors whose quality the card shows: the rule, and the paper's own detector."""


@dataclass(frozen=True, kw_only=True)
class ExportConfig:
    """The name of the exported model."""

    name: str = "hornbook-laptop"

    def __post_init__(self) -> None:
        if not self.name or not all(character.isalnum() or character in "-._" for character in self.name):
            raise ConfigError(f"`name` must consist of letters, digits, `-`, `.` and `_`, got {self.name!r}")


def export(
    model: Stage, tokenizer: Stage, *scores: Stage, config: ExportConfig | None = None, name: str = "export"
) -> Stage:
    """The stage that writes a model for transformers; its card tells of all stages that made and scored the model."""
    told = {stage.name: stage for stage in with_inputs(model, *scores) if stage not in (model, tokenizer)}
    inputs = {"model": model, "tokenizer": tokenizer, **told}
    return Stage(name, run_export, config or ExportConfig(), VERSION, inputs, estimate=_estimate)


def run_export(config: ExportConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write the Hugging Face folder of the model; other inputs than `model` and `tokenizer` are for the card."""
    workspace.progress(0, 1, "writing the model")
    card = describe_model(config, inputs)
    exported = export_huggingface(
        inputs["model"].folder,
        inputs["tokenizer"].path(TOKENIZER),
        write_model_card(card),
        workspace.folder / "model",
    )
    workspace.progress(1, 1, "")
    return Result(
        kept=1,
        unit="model",
        metrics={"model_sha256": exported.model_sha256, "name": config.name, "num_parameters": card["num_parameters"]},
    )


def _estimate(stage: Stage, hardware: Hardware | None = None) -> Estimate:
    del hardware
    shapes = (getattr(one.config, "model", None) for one in with_inputs(stage))
    shape = next((shape for shape in shapes if isinstance(shape, ModelConfig)), None)
    return Estimate(disk_bytes=num_parameters(shape) * _WEIGHT_BYTES if shape else 0)


def describe_model(config: ExportConfig, inputs: Mapping[str, Artifact]) -> dict[str, Any]:
    """Gather the content of a model card from manifests and tables; what the run does not have stays empty.

    Returns:
        `name`, `config` and `num_parameters` of the model; `newline`, whether a prompt should end in one; `data`, the
        manifests of the stages that the training data passed; `kinds`, the number of documents of each kind; `sources`,
        the number of samples of each source of real code and its licence (SPDX); `trainings`, their manifests;
        `scores`, each with its `model` (`base` or `tuned`) and a `title`; and `contamination`: `leaks`, `not_checked`,
        the `clean` scores, and `measured`, the calibration of the rule and of the paper's detector. It is None where
        the data was not compared with any benchmark.
    """
    scores, shape = _scores(inputs), load_config(inputs["model"].folder)
    return {
        "name": config.name,
        "config": shape,
        "num_parameters": num_parameters(shape),
        "newline": may_end_in_newline(load_tokenizer(inputs["tokenizer"].path(TOKENIZER))),
        "data": [inputs[key].manifest for key in _DATA if key in inputs],
        "kinds": _kinds(inputs),
        "sources": next((_code_sources(inputs[key]) for key in ("select", "code") if _has_documents(inputs, key)), []),
        "trainings": [inputs[key].manifest for key in _TRAININGS if key in inputs],
        "scores": scores,
        "contamination": _contamination(inputs, scores),
    }


def write_model_card(card: Mapping[str, Any]) -> str:
    """The content of `describe_model` in Markdown, with the metadata that the Hugging Face hub reads."""
    template = (files("hornbook.export") / "model_card.md.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(template).render(card=card)


def _has_documents(inputs: Mapping[str, Artifact], key: str) -> bool:
    return key in inputs and inputs[key].has("documents")


def _kinds(inputs: Mapping[str, Artifact]) -> Mapping[str, int]:
    tables = (inputs[key] for key in ("decontaminate", "deduplicate") if _has_documents(inputs, key))
    return next((Counter(one.documents().columns("kind").column("kind").to_pylist()) for one in tables), {})


def _code_sources(code: Artifact) -> list[tuple[tuple[str, str], int]]:
    counts: Counter[tuple[str, str]] = Counter()
    for document in code.documents():
        metadata = json.loads(document.metadata)
        counts[metadata.get("source", ""), " AND ".join(metadata.get("licenses", ()))] += 1
    return sorted(counts.items())


def _scores(inputs: Mapping[str, Artifact]) -> list[dict[str, Any]]:
    """Benchmark by benchmark, base before tuned."""
    scores = [
        {"title": _BENCHMARKS.get(found["benchmark"], found["benchmark"]), **found, "model": model}
        for model, key in _EVALUATIONS
        if key in inputs
        for found in inputs[key].manifest.metrics.get("scores", [])
    ]
    titles = list(dict.fromkeys(score["title"] for score in scores))
    return sorted(scores, key=lambda score: titles.index(score["title"]))


def _contamination(inputs: Mapping[str, Artifact], scores: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """None where the data passed no `decontaminate`, or one that does not say what it compared."""
    if "decontaminate" not in inputs or not inputs["decontaminate"].manifest.metrics.get("benchmarks"):
        return None
    leaks = read_leaks(inputs["decontaminate"].manifest, [score["title"] for score in scores])
    gaps = list(leaks.not_checked)
    clean: list[dict[str, Any]] = []
    try:
        clean = clean_scores(leaks.benchmarks, [(model, inputs[key]) for model, key in _EVALUATIONS if key in inputs])
    except MissingInputError as error:
        gaps.insert(0, f"The scores without the leaked problems: {error}.")
    rows = leaks.calibration["rows"] if leaks.calibration else ()
    measured = [row for prefix in _MEASURED for row in rows if row["name"].startswith(prefix)]
    return {"leaks": leaks, "not_checked": gaps, "clean": clean, "measured": measured}
