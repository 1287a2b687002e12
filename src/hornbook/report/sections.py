"""The sections of a run's report, and the stages that each of them needs.

A recipe may drop stages and add some. A section whose roles are all absent is not shown; stages without a role are
still listed with their time and origin.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.pipeline.stage import Artifact
from hornbook.report.answers import answers_in, explorer_of, family_scores, some_of
from hornbook.report.charts import loss_plot, reliability_plot, threshold_plot
from hornbook.report.contamination import contamination_of
from hornbook.report.curation import curation_of
from hornbook.report.data_flow import data_flow_of, trainings_of
from hornbook.report.published import ScoreRow, published_chart
from hornbook.report.scores import EVALUATE, EVALUATIONS, MODELS, sandbox_of, scores_of
from hornbook.report.solved import solved_of
from hornbook.report.synthesis import synthesis_of

_NUM_HELD_OUT = 24
"""Number of held-out problems shown with their answers, half of them failed ones."""
_OPTIONAL = ("code", EVALUATE)
"""Roles that are not missed where they are absent."""
ROLES = (
    *("code", "collect", "filters", "annotate", "train-classifier", "classify", "select", "textbooks", "exercises"),
    *("verify", "deduplicate", "decontaminate", "tokenizer", "tokenize", "pretrain", "finetune"),
    *("evaluate-base", "evaluate-tuned", EVALUATE, "export"),
)
"""In the order of the data. A stage fills the role of its name."""
_OTHER_NAMES = {"labels": "annotate"}
"""Stage → role that it fills under another name."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section that a report may have."""

    anchor: str
    """Also the name of its template."""
    title: str
    needs: tuple[str, ...]
    """Roles of which the run must have at least one; empty for a section that every run has."""
    gather: Callable[[Mapping[str, Artifact]], Any]
    """Run by roles → what the template shows; None where the stages have nothing to show."""


@dataclass(frozen=True, kw_only=True)
class PageSection:
    """A section with its content: a numbered part of the page."""

    anchor: str
    title: str
    template: str
    """Name of the template without its ending; it sees the content as `content`."""
    content: Any = None


def by_role(artifacts: Mapping[str, Artifact]) -> dict[str, Artifact]:
    """The run's artifacts, given by the stages' names, by their roles, in the order of the data.

    A stage without a role stands under its own name, after the stages that it reads.
    """
    role_of = {name: _OTHER_NAMES.get(name, name) for name in artifacts}
    stage_of = {artifact.manifest.fingerprint: name for name, artifact in artifacts.items()}

    def place_of(name: str) -> tuple[int, int]:
        if role_of[name] in ROLES:
            return ROLES.index(role_of[name]), 0
        inputs = (stage_of.get(fingerprint) for fingerprint in artifacts[name].manifest.inputs.values())
        place, depth = max((place_of(source) for source in inputs if source is not None), default=(-1, 0))
        return place, depth + 1

    found: dict[str, Artifact] = {}
    for name in sorted(artifacts, key=lambda name: (*place_of(name), name)):
        found[name if role_of[name] in found else role_of[name]] = artifacts[name]
    return found


def absent_roles(run: Mapping[str, Artifact]) -> tuple[str, ...]:
    """The roles of a whole run that no stage of this one fills."""
    return tuple(role for role in ROLES if role not in run and role not in _OPTIONAL)


def environment_of(run: Mapping[str, Artifact]) -> tuple[tuple[str, str], ...]:
    """Name → version of each part of the environment, from the manifests; all versions where stages differ."""
    versions: dict[str, list[str]] = {}
    for artifact in run.values():
        for name, version in sorted(artifact.manifest.environment.items()):
            if version not in versions.setdefault(name, []):
                versions[name].append(version)
    return tuple((name, ", ".join(found)) for name, found in versions.items())


def fill_sections(run: Mapping[str, Artifact]) -> tuple[list[PageSection], list[str]]:
    """Gather every section that the run has stages for.

    Returns:
        The sections; and a sentence for each one that is not shown although the run has stages for it, because they
        lack a metric or a column.
    """
    filled, notes = [], []
    for section in SECTIONS:
        if section.needs and not any(role in run for role in section.needs):
            continue
        try:
            content = section.gather(run)
        except (MissingInputError, ValueError) as error:
            notes.append(f"“{section.title}” is not shown: {error}.")
        except KeyError as error:
            notes.append(f"“{section.title}” is not shown: there is no {error}.")
        else:
            if content is not None:
                anchor = section.anchor
                filled.append(PageSection(anchor=anchor, title=section.title, template=anchor, content=content))
    return filled, notes


def _scores(run: Mapping[str, Artifact]) -> dict[str, Any] | None:
    scores = scores_of(run)
    return {"scores": scores, "sandbox": sandbox_of(run)} if scores else None


def _curation(run: Mapping[str, Artifact]) -> dict[str, Any]:
    found = curation_of(run)
    plots = [reliability_plot(found["held_out"]["reliability"]), threshold_plot(found["curve"], found["threshold"])]
    return {"found": found, "plots": plots}


def _training(run: Mapping[str, Artifact]) -> dict[str, Any]:
    trainings = trainings_of(run)
    return {"trainings": trainings, "plots": [loss_plot(training) for training in trainings if training.has_losses]}


def _held_out(run: Mapping[str, Artifact]) -> dict[str, Any] | None:
    problems = answers_in(run, "held_out")
    return {"families": family_scores(problems), "problems": some_of(problems, _NUM_HELD_OUT)} if problems else None


def _humaneval(run: Mapping[str, Artifact]) -> dict[str, Any] | None:
    """Every problem, and the scores of the run's models among published ones."""
    problems = answers_in(run, "humaneval")
    if not problems:
        return None
    ours = [
        ScoreRow(model=f"this run, {score['model']}", score=score["pass_at_1"], ci95=score["ci95"], ours=score["model"])
        for score in scores_of(run)
        if score["benchmark"] == "HumanEval" and score["model"] in MODELS
    ]
    return {"explorer": explorer_of("p", problems), "published": published_chart("humaneval", "HumanEval", ours[::-1])}


def _making(run: Mapping[str, Artifact]) -> dict[str, Any]:
    return {"stages": [artifact.manifest for artifact in run.values()], "environment": environment_of(run)}


_EVALUATED = (*(role for _, role in EVALUATIONS), EVALUATE)
_DATA = ("code", "collect", "filters", "select", "textbooks", "exercises", "verify", "deduplicate", "decontaminate")
SECTIONS = (
    Section(anchor="scores", title="What it can do", needs=_EVALUATED, gather=_scores),
    Section(anchor="data", title="The data flow", needs=(*_DATA, "tokenize"), gather=data_flow_of),
    Section(anchor="curation", title="The quality classifier", needs=("train-classifier",), gather=_curation),
    Section(
        anchor="synthesis",
        title="Textbooks and exercises",
        needs=("textbooks", "exercises", "verify"),
        gather=synthesis_of,
    ),
    Section(anchor="training", title="The training", needs=("pretrain", "finetune"), gather=_training),
    Section(anchor="held-out", title="Exercises it never saw", needs=_EVALUATED, gather=_held_out),
    Section(anchor="contamination", title="What could have leaked", needs=("decontaminate",), gather=contamination_of),
    Section(anchor="making", title="How it was made", needs=(), gather=_making),
    Section(anchor="solved", title="HumanEval, what it solved", needs=("evaluate-memoriser",), gather=solved_of),
    Section(anchor="humaneval", title="HumanEval, problem by problem", needs=_EVALUATED, gather=_humaneval),
)
"""In the order of the page."""
