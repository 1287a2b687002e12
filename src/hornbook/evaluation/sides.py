"""Find the two sides of a comparison by their names: a run, one of its stages, or a file of scored samples.

Reads:  an evaluation's artifact; or JSONL with `task_id`, `passed` and, where Hornbook wrote it, `verdict`, gzipped if
        its name ends in `.gz`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.benchmarks.benchmark import Benchmark
from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.samples import rows_of
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Artifact
from hornbook.pipeline.store import Store
from hornbook.records import Outcome, Problem, Verdict

_STAGES = ("evaluate", "evaluate-tuned", "evaluate-base")
"""Where a run's verdicts are, the first that is there."""
_FILE_ENDINGS = (".jsonl", ".jsonl.gz")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One model's verdicts on one benchmark."""

    name: str
    benchmark: str
    title: str
    problems: tuple[Problem, ...]
    """Those with verdicts."""
    num_unanswered: int
    """Problems of the benchmark that a file has no sample of."""
    verdicts: tuple[Verdict, ...]
    protocol: str
    """In words; empty where a file does not say it."""
    jailed: bool


def find_sides(a: str, b: str, store: Store, benchmark: str | None, of_files: Benchmark | None) -> tuple[Side, Side]:
    """Both sides on the benchmark that they share.

    A side is `RUN`, `RUN/STAGE`, or the path of a file that ends in `.jsonl` or `.jsonl.gz`. The name of the benchmark
    is needed where the sides share several; `of_files` has the problems that the samples of files belong to.

    Raises:
        MissingInputError: A side is not there, or was not evaluated.
        ConfigError: The sides share no benchmark, or several and none was named; or there is a file and no `of_files`.
    """
    files = [side for side in (a, b) if is_file(side)]
    if files and of_files is None:
        raise ConfigError(f"`{files[0]}` does not say which problems it answers; name their benchmark with --benchmark")
    evaluated = [None if is_file(side) else _evaluation_of(side, store) for side in (a, b)]
    found = [_benchmarks_of(artifact, of_files) for artifact in evaluated]
    shared = [name for name in found[0] if name in found[1] and benchmark in (None, name)]
    if len(shared) != 1:
        listed = "; ".join(f"{side}: {', '.join(names)}" for side, names in zip((a, b), found, strict=True))
        missing = f"no benchmark `{benchmark}`" if benchmark else "no benchmark"
        what = "several benchmarks; name one with --benchmark" if shared else missing
        raise ConfigError(f"`{a}` and `{b}` share {what} ({listed})")
    [name] = shared
    first, second = (
        _side_of_artifact(side, artifact, name) if artifact is not None else _side_of_file(Path(side), of_files)
        for side, artifact in zip((a, b), evaluated, strict=True)
    )
    return first, second


def is_file(side: str) -> bool:
    """Whether the name is that of a file of scored samples."""
    return side.endswith(_FILE_ENDINGS)


def _evaluation_of(side: str, store: Store) -> Artifact:
    run, _, stage = side.partition("/")
    artifacts = RunFolder(store, run).artifacts()
    if stage and stage not in artifacts:
        raise MissingInputError(f"the run `{run}` has no stage `{stage}`; its stages: {', '.join(artifacts)}")
    found = next((artifacts[name] for name in ([stage] if stage else _STAGES) if name in artifacts), None)
    if found is None or "scores" not in found.manifest.metrics:
        raise MissingInputError(f"`{side}` holds no evaluation; `hornbook evaluate {run}` makes one")
    return found


def _benchmarks_of(artifact: Artifact | None, of_files: Benchmark | None) -> list[str]:
    if artifact is None:
        return [of_files.name] if of_files is not None else []
    return [score["benchmark"] for score in artifact.manifest.metrics["scores"]]


def _side_of_artifact(name: str, artifact: Artifact, benchmark: str) -> Side:
    metrics = artifact.manifest.metrics
    [score] = (score for score in metrics["scores"] if score["benchmark"] == benchmark)
    if "title" not in score:
        raise MissingInputError(
            f"`{name}` was evaluated by an earlier version of Hornbook, which kept no problems; evaluate it again"
        )
    return Side(
        name=name,
        benchmark=benchmark,
        title=score["title"],
        problems=tuple(artifact.records(f"{benchmark}-problems", Problem)),
        num_unanswered=0,
        verdicts=tuple(artifact.records(f"{benchmark}-verdicts", Verdict)),
        protocol=score["protocol"],
        jailed=metrics["sandbox"]["backend"] == "bubblewrap",
    )


def _side_of_file(path: Path, benchmark: Benchmark | None) -> Side:
    assert benchmark is not None  # The caller saw to it.
    seen: Counter[str] = Counter()
    verdicts = []
    known = {problem.task_id for problem in benchmark.problems}
    for place, fields in rows_of(path):
        task_id = fields.get("task_id")
        if not isinstance(task_id, str):
            raise MissingInputError(f"{place} has no string `task_id`")
        if not isinstance(fields.get("passed"), bool):
            raise MissingInputError(
                f"{place} has no verdict `passed`; `hornbook evaluate --samples FILE --output SCORED` finds it"
            )
        if task_id not in known:
            raise MissingInputError(f"{place} answers `{task_id}`, which is no problem of `{benchmark.name}`")
        verdicts.append(_verdict(fields, seen[task_id], place))
        seen[task_id] += 1
    if not verdicts:
        raise MissingInputError(f"the samples `{path}` hold no sample")
    return Side(
        name=path.name,
        benchmark=benchmark.name,
        title=benchmark.title,
        problems=tuple(problem for problem in benchmark.problems if problem.task_id in seen),
        num_unanswered=len(known - seen.keys()),
        verdicts=tuple(verdicts),
        protocol="",
        jailed=True,
    )


def _verdict(fields: Mapping[str, Any], sample_index: int, place: str) -> Verdict:
    """The verdict of a line; another harness' failure counts as `wrong`, since it does not say more."""
    try:
        outcome = Outcome(fields.get("verdict", Outcome.PASSED if fields["passed"] else Outcome.WRONG))
    except ValueError:
        raise MissingInputError(f"{place} has the unknown verdict {fields['verdict']!r}") from None
    if (outcome is Outcome.PASSED) != fields["passed"]:
        raise MissingInputError(f"{place} says passed: {fields['passed']}, and verdict: {outcome}")
    detail = fields.get("detail", "")
    return Verdict(task_id=fields["task_id"], sample_index=sample_index, outcome=outcome, detail=str(detail), stderr="")


def differences_of(sides: Sequence[Side]) -> list[str]:
    """Warnings for the reader: the protocols differ, problems have no sample, programs ran without a jail."""
    first, second = sides
    notes = []
    if first.protocol and second.protocol and first.protocol != second.protocol:
        notes += ["the sides were not asked in the same way:", f"A: {first.protocol}", f"B: {second.protocol}"]
    for side in sides:
        if side.num_unanswered:
            total = side.num_unanswered + len(side.problems)
            notes.append(f"{side.name}: {side.num_unanswered} of the benchmark's {total} problems have no sample")
        if not side.jailed:
            notes.append(f"{side.name}: programs ran without a jail")
    return notes
