"""A few samples of each kind, chosen by rule: the same run shows the same ones."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from hornbook.artifacts.stage import Artifact
from hornbook.records import CodeSample, Dropped, Exercise, Label, Passage, PredictedValue
from hornbook.report.data import CodeExcerpt, TextExcerpt
from hornbook.report.facts import metric

T = TypeVar("T")

_CHARACTERS_SHOWN = (160, 2_400)
"""Shorter code says little, longer code is not read."""


def code_excerpts(
    artifacts: Mapping[str, Artifact], number: int
) -> tuple[tuple[CodeExcerpt, ...], tuple[CodeExcerpt, ...]]:
    """Kept and dropped code, spread evenly from the highest to the lowest value; both empty before `select`.

    Dropped code is that below the threshold, as what `select` leaves out for other reasons says nothing about the
    classifier; and behind it that which `hygiene` refused. Code that passed `hygiene` is shown masked, as a model reads
    it.

    Args:
        artifacts: Of the run, by stage.
        number: How many that were kept, that are below the threshold, and that `hygiene` refused, at most.
    """
    if "select" not in artifacts:
        return (), ()
    samples, refused = _samples(artifacts)
    values = {value.sample_id: value.value for value in artifacts["classifier"].records("values", PredictedValue)}
    labels = {label.sample_id: label for label in artifacts["annotate"].records("labels", Label)}
    dropped = refused | _reasons(artifacts["select"])
    low, high = _CHARACTERS_SHOWN
    shown = sorted((s for s in samples if low <= len(s.text) <= high), key=lambda s: (-values[s.id], s.id))

    def excerpt(sample: CodeSample) -> CodeExcerpt:
        label = labels.get(sample.id)
        return CodeExcerpt(
            name=".".join(part for part in (sample.module, sample.qualname) if part),
            lines=f"{sample.path}, lines {sample.first_line} to {sample.last_line}",
            text=sample.text,
            value=values[sample.id],
            label=label.score if label else None,
            label_reason=label.reason if label else "",
            dropped_because=dropped.get(sample.id, ""),
        )

    kept = spread([sample for sample in shown if sample.id not in dropped], number)
    threshold = metric(artifacts["select"], "threshold")
    lost = spread([s for s in shown if s.id in dropped and s.id not in refused and values[s.id] < threshold], number)
    lost += spread([sample for sample in shown if sample.id in refused], number)
    return tuple(map(excerpt, kept)), tuple(map(excerpt, lost))


def _samples(artifacts: Mapping[str, Artifact]) -> tuple[list[CodeSample], dict[str, str]]:
    """The corpus with the texts that `hygiene` left in it, and why it refused the others, by their ids."""
    samples = artifacts["corpus"].records("samples", CodeSample)
    if "hygiene" not in artifacts:
        return samples, {}
    masked = {sample.id: sample for sample in artifacts["hygiene"].records("samples", CodeSample)}
    return [masked.get(sample.id, sample) for sample in samples], _reasons(artifacts["hygiene"])


def _reasons(artifact: Artifact) -> dict[str, str]:
    return {record.id: record.reason for record in artifact.records("dropped", Dropped)}


def passage_excerpts(artifacts: Mapping[str, Artifact], number: int) -> tuple[TextExcerpt, ...]:
    """Passages of as many families as there are places; verified ones where the run has verified them."""
    source, table = ("verify", "passages") if "verify" in artifacts else ("textbooks", "passages")
    if source not in artifacts:
        return ()
    passages = artifacts[source].records(table, Passage)
    families = by_turns([passage.family for passage in passages], number)
    return tuple(
        TextExcerpt(
            title=passages[at].topic.replace("_", " "),
            tags=(passages[at].family, passages[at].audience, passages[at].style),
            text=passages[at].text,
        )
        for at in families
    )


def exercise_excerpts(artifacts: Mapping[str, Artifact], number: int) -> tuple[TextExcerpt, ...]:
    """Exercises of as many families as there are places; verified ones where the run has verified them."""
    source, table = ("verify", "kept") if "verify" in artifacts else ("exercises", "exercises")
    if source not in artifacts:
        return ()
    exercises = artifacts[source].records(table, Exercise)
    return tuple(
        TextExcerpt(
            title=exercises[at].entry_point,
            tags=(exercises[at].family, exercises[at].idiom, exercises[at].docstring_style),
            text=exercises[at].prompt + exercises[at].solution,
        )
        for at in by_turns([exercise.family for exercise in exercises], number)
    )


def spread(items: Sequence[T], number: int) -> list[T]:
    """`number` of the items at equal distances, first and last among them; all where there are no more."""
    if len(items) <= number:
        return list(items)
    if number == 1:
        return [items[0]]
    return [items[round(index * (len(items) - 1) / (number - 1))] for index in range(number)]


def by_turns(groups: Sequence[str], number: int) -> list[int]:
    """Indices of `number` items, one of each group in turn, groups in order of first appearance.

    Within a group the items are spread evenly over its members, so that neighbours made alike are not shown together.
    """
    members: dict[str, list[int]] = {}
    for index, group in enumerate(groups):
        members.setdefault(group, []).append(index)
    if not members:
        return []
    rounds = -(-number // len(members))
    chosen = [spread(indices, rounds) for indices in members.values()]
    turns = [indices[turn] for turn in range(rounds) for indices in chosen if turn < len(indices)]
    return turns[:number]
