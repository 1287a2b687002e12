"""What the manifests of evaluations say: scores, and in what the completions ran. No table is read.

Nothing here has a default; a zero is always a zero that was measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from hornbook.pipeline.stage import Artifact
from hornbook.records import Outcome
from hornbook.report.facts import Counts, metric
from hornbook.report.plain import count, percent

EVALUATE = "evaluate"
"""The stage that evaluates one model, whatever it is."""
EVALUATIONS = (("base", "evaluate-base"), ("tuned", "evaluate-tuned"))
"""Model → stage of a recipe that evaluated it, in the order in which they are shown."""
_TITLES = {"held_out": "held-out exercises", "humaneval": "HumanEval"}
"""A benchmark's name → for people, where the metrics do not say it."""
_JAILS = frozenset({"bubblewrap"})
"""Backends that wall a program in; any other one is taken for none."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """The pass@k of one model on one benchmark."""

    model: str
    """`base` (pretrained only) or `tuned` (finetuned on exercises); the model's name where one model was evaluated."""
    benchmark: str
    """For people: `held-out exercises`, `HumanEval`."""
    pass_at_1: float
    """Share of the problems that were solved; 0 to 1."""
    ci95: tuple[float, float]
    """The 95 % interval around it; 0 to 1."""
    more_k: tuple[tuple[int, float, tuple[float, float]], ...]
    """k above 1 → pass@k and its 95 % interval; empty where there is one sample per problem."""
    num_problems: int
    num_samples: int
    """Per problem; of the problem that has the fewest."""
    outcomes: Counts
    """What became of the completions: `passed`, `wrong`, `syntax error` … → number; those that occurred."""
    protocol: str
    """What was asked of the model and how, in words; may be empty."""
    protocol_name: str
    """`humaneval, version 1`; empty where the protocol has no name."""
    truncated_prompts: int
    """Prompts that were too long for the model; 0 also where that cannot be known."""


@dataclass(frozen=True, kw_only=True)
class SandboxFacts:
    """In what the completions ran."""

    backend: str
    jailed: bool
    limits: tuple[tuple[str, str], ...]
    """Name → value with its unit."""


def raw_scores_of(artifacts: Mapping[str, Artifact]) -> list[dict[str, Any]]:
    """The scores as they stand in the metrics, each with its `model`: `base`, `tuned`, or a model's own name."""
    return [
        {"model": model, **found}
        for model, artifact in evaluations_of(artifacts)
        for found in metric(artifact, "scores")
    ]


def scores_of(artifacts: Mapping[str, Artifact]) -> tuple[Score, ...]:
    """The scores of each model that was evaluated, grouped by benchmark."""
    scores = [
        score for model, artifact in evaluations_of(artifacts) for score in scores_by_name(model, artifact).values()
    ]
    benchmarks = list(dict.fromkeys(score.benchmark for score in scores))
    return tuple(sorted(scores, key=lambda score: benchmarks.index(score.benchmark)))


def scores_by_name(model: str, artifact: Artifact) -> dict[str, Score]:
    """Benchmark's name → score, of one evaluation, in the order in which they were scored."""
    truncated = artifact.manifest.metrics.get("truncated_prompts", {})
    return {found["benchmark"]: _score(model, found, truncated) for found in metric(artifact, "scores")}


def evaluations_of(artifacts: Mapping[str, Artifact]) -> list[tuple[str, Artifact]]:
    """Model → artifact of its evaluation, for those that took place."""
    found = [(model, artifacts[stage]) for model, stage in EVALUATIONS if stage in artifacts]
    if EVALUATE in artifacts:
        found.append((metric(artifacts[EVALUATE], "model", "name"), artifacts[EVALUATE]))
    return found


def sandbox_of(artifacts: Mapping[str, Artifact]) -> SandboxFacts | None:
    """In what the completions ran; None where nothing was evaluated. Of several, the first without a jail."""
    sandboxes = [_sandbox(artifact) for _, artifact in evaluations_of(artifacts)]
    return next((sandbox for sandbox in sandboxes if not sandbox.jailed), sandboxes[0] if sandboxes else None)


def _score(model: str, found: Mapping[str, Any], truncated: Mapping[str, int | None]) -> Score:
    named = "protocol_name" in found
    return Score(
        model=model,
        benchmark=found.get("title") or _TITLES.get(found["benchmark"], found["benchmark"]),
        pass_at_1=found["pass@1"],
        ci95=_interval(found["ci95"]),
        more_k=tuple(
            (int(k), found[f"pass@{k}"], _interval(ends))
            for k, ends in sorted(found.get("ci95_at_k", {}).items(), key=lambda item: int(item[0]))
            if int(k) > 1
        ),
        num_problems=found["num_problems"],
        num_samples=found["num_samples"],
        outcomes=tuple((name.value, found["outcomes"][name]) for name in Outcome if name in found["outcomes"]),
        protocol=found["protocol"],
        protocol_name=f"{found['protocol_name']}, version {found['protocol_version']}" if named else "",
        truncated_prompts=truncated.get(found["benchmark"]) or 0,
    )


def _interval(ends: Any) -> tuple[float, float]:
    low, high = ends
    return low, high


def _sandbox(artifact: Artifact) -> SandboxFacts:
    backend = metric(artifact, "sandbox", "backend")
    limits = metric(artifact, "sandbox", "limits")
    return SandboxFacts(
        backend=backend,
        jailed=backend in _JAILS,
        limits=tuple(_with_unit(name, value) for name, value in sorted(limits.items())),
    )


def _with_unit(name: str, value: Any) -> tuple[str, str]:
    """`memory_bytes`, 536870912 → `memory`, `512 MiB`."""
    if name.endswith("_bytes"):
        shown = f"{value / 2**20:g} MiB" if value >= 2**20 else f"{value / 2**10:g} KiB"
        return name.removesuffix("_bytes").replace("_", " "), shown
    if name.endswith("_seconds"):
        return f"{name.removesuffix('_seconds').replace('_', ' ')} time", f"{value:g} s"
    return name.replace("_", " "), str(value)


def by_benchmark(scores: Sequence[Score]) -> list[tuple[str, list[Score]]]:
    """The scores grouped by benchmark, both in order of appearance."""
    names = list(dict.fromkeys(score.benchmark for score in scores))
    return [(name, [score for score in scores if score.benchmark == name]) for name in names]


def protocols_of(scores: Sequence[Score]) -> list[tuple[str, str]]:
    """Name and description of each protocol, once; the name may be empty."""
    return list(dict.fromkeys((score.protocol_name, score.protocol) for score in scores if score.protocol))


def score_sentence(score: Score) -> Markup:
    """How much of a benchmark is solved, in a sentence."""
    if score.num_samples > 1:
        text = "On {} <strong>{} of its answers</strong> pass: {} for each of {} problems."
        share = percent(score.pass_at_1)
        return Markup(text).format(score.benchmark, share, count(score.num_samples), count(score.num_problems))
    solved = round(score.pass_at_1 * score.num_problems)
    text = "On {} it solves <strong>{} of {} problems</strong>."
    return Markup(text).format(score.benchmark, count(solved), count(score.num_problems))
