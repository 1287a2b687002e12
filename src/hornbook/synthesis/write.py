"""The stages `textbooks` and `exercises`: write passages and exercises, by the curriculum or a language model.

Reads:  nothing, or a teacher's answers and a person's own lists.
Writes: `documents`: Document, the passages; or `exercises`: Exercise, and problems: `held_out` and `held_out_schemas`,
        which training must not have, and `held_out_forms`: Problem. Where a language model writes also `commissions`:
        Commission, what each record was asked for, and `rejected`: RejectedAnswer.
Source: sections 2.2 and 2.3 of the paper.

The curriculum writes in chunks, in processes or on a cluster. A language model is asked here.
"""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from hornbook.errors import ConfigError
from hornbook.parallel import map_parts
from hornbook.pipeline.stage import Artifact, Estimate, FileHash, Hardware, Result, Stage, Workspace
from hornbook.pipeline.table import Table, TableWriter, read_part, write_part
from hornbook.records import CURRICULUM, Document, Exercise, Problem, table_of
from hornbook.sources.find import SourcesConfig, open_sources
from hornbook.synthesis.curriculum import exercises, textbooks
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.diversity.measure import measure
from hornbook.synthesis.estimate import EXERCISE, PASSAGE, estimated_calls
from hornbook.synthesis.prompted.commission import Commission, RejectedAnswer
from hornbook.synthesis.prompted.exercises import ExerciseJob, ExercisePromptConfig, exercise_ingredients
from hornbook.synthesis.prompted.passages import PassageJob, PassagePromptConfig, passage_ingredients
from hornbook.synthesis.prompted.writing import Ending, Job, WhenStale, WriteConfig, Writer, Written
from hornbook.teacher.account import say_estimate

VERSION = 16
"""Raised when a rule of these stages or of the curriculum changes: it is part of the fingerprint."""
FEWEST_IN_PROCESSES = 5_000
"""Records of the curriculum; fewer are written in this process."""
_PROGRESS_EVERY = 500
_NUM_SAMPLES = 8
"""Requests whose lengths stand for all in the estimate before the first call."""
W = TypeVar("W", Exercise, Document)


def write_textbooks(config: TextbooksConfig | None = None, name: str = "textbooks") -> Stage:
    """The stage that writes textbook passages."""
    return Stage(name, run_textbooks, config or TextbooksConfig(), VERSION, identity=_identity, estimate=_estimate)


def write_exercises(config: ExercisesConfig | None = None, name: str = "exercises") -> Stage:
    """The stage that writes exercises, and problems that are kept from training."""
    return Stage(name, run_exercises, config or ExercisesConfig(), VERSION, identity=_identity, estimate=_estimate)


def run_textbooks(config: TextbooksConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write textbook passages, all different.

    Raises:
        ConfigError: The config names a language model, and there is no way to it; or none of its answers can be used.
        EndpointError: It cannot be asked any more; or `BudgetError`, that the budget is spent.
    """
    del inputs
    number, prompts = config.num_passages, config.prompts
    dropped: Mapping[str, int] = {}
    more: dict[str, Any] = {}
    if config.teacher == CURRICULUM:
        _compose("documents", Document, config, number, textbooks.write_chunk, textbooks.write_passages, workspace)
    else:
        make_job = partial(PassageJob, passage_ingredients(prompts), prompts)
        dropped, more = _ask("documents", Document, make_job, config.teacher, number, prompts, workspace)
    passages = Table.of_folder(workspace.folder / "documents", Document)
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("topic", "audience", "style", "family")}
    for cell in passages.columns("metadata").column("metadata").to_pylist():
        metadata = json.loads(cell)
        for name, counter in counts.items():
            counter[metadata[name]] += 1
    return Result(
        kept=passages.num_rows,
        unit="passages",
        dropped=dropped,
        metrics={
            "num_topics": len(counts["topic"]),
            "audiences": dict(sorted(counts["audience"].items())),
            "styles": dict(sorted(counts["style"].items())),
            "families": dict(sorted(counts["family"].items())),
            "diversity": measure(passages).as_json(),
            **more,
        },
    )


def run_exercises(config: ExercisesConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write exercises, all different, and held-out problems, which are the curriculum's, whoever writes the exercises.

    Raises:
        HornbookError: As `run_textbooks`; or the curriculum has not as many exercises or problems.
    """
    del inputs
    number, prompts = config.num_exercises, config.prompts
    dropped: Mapping[str, int] = {}
    more: dict[str, Any] = {}
    is_curriculum = config.teacher == CURRICULUM
    if is_curriculum:
        _compose("exercises", Exercise, config, number, exercises.write_chunk, exercises.write_exercises, workspace)
    else:
        make_job = partial(ExerciseJob, exercise_ingredients(prompts), prompts)
        dropped, more = _ask("exercises", Exercise, make_job, config.teacher, number, prompts, workspace)
    table = Table.of_folder(workspace.folder / "exercises", Exercise)
    author = exercises.build_author(config, workspace.seed)
    held_out = exercises.write_held_out(author, config.num_held_out, workspace.seed)
    for name, problems in held_out.items():
        workspace.write_records(name, Problem, problems)
    columns = table.columns("family", "docstring_style", "operations").to_pydict()
    if is_curriculum:
        more["num_schemas"] = len({one[0] for one in columns["operations"]})
        more["num_compositions"] = len(set(map(tuple, columns["operations"])))
    return Result(
        kept=table.num_rows,
        unit="exercises",
        dropped=dropped,
        metrics={
            "num_held_out": sum(map(len, held_out.values())),
            "families": _counted(columns["family"]),
            "docstring_styles": _counted(columns["docstring_style"]),
            "held_out_sets": _counted(one.category for problems in held_out.values() for one in problems),
            "diversity": measure(table).as_json(),
            **more,
        },
    )


def _compose(
    name: str,
    record: type[W],
    config: Any,
    number: int,
    write_chunk: Callable[..., list[W]],
    write_all: Callable[..., Iterable[W]],
    workspace: Workspace,
) -> None:
    """Let the curriculum write a table: in processes, unless the records are too few for them."""
    if number < FEWEST_IN_PROCESSES:
        _save(name, record, write_all(config, workspace.seed), number, workspace)
        return
    write = partial(_write_chunk, partial(write_chunk, config, workspace.seed), record)
    results = map_parts(write, itertools.count(), workspace.scratch / "chunks", workspace.context.engine)
    try:
        chunks = (read_part(result / "written.parquet", record) for result in results)
        _save(name, record, write_all(config, workspace.seed, chunks), number, workspace)
    finally:
        results.close()  # type: ignore[attr-defined]  # What is written ahead is not needed.


def _write_chunk(write: Callable[[int], list[Any]], record: type[Any], number: int, folder: Path) -> None:
    """Write a chunk of the curriculum's records into a folder, for `map_parts`."""
    write_part(folder / "written.parquet", table_of(record, write(number)))


def _save(name: str, record: type[W], written: Iterable[W], number: int, workspace: Workspace) -> None:
    with TableWriter(workspace.folder / name, record) as writer:
        for one in written:
            writer.add(one)
            if writer.num_rows % _PROGRESS_EVERY == 0:
                workspace.progress(writer.num_rows, number)


def _ask(
    table: str,
    record: type[W],
    make_job: Callable[[str], Job[W]],
    teacher: str,
    number: int,
    prompts: ExercisePromptConfig | PassagePromptConfig,
    workspace: Workspace,
) -> tuple[dict[str, int], dict[str, Any]]:
    """Let a language model write a table; commissions and rejected answers become tables of their own.

    Returns:
        The rejected answers by their reason; what the answers took and what stopped them, for the manifest.
    """
    config = WriteConfig(
        num_records=number, max_attempts=prompts.max_attempts, when_stale=WhenStale(prompts.when_stale)
    )
    with workspace.open_teacher(teacher) as account:
        job = make_job(account.name)
        samples = (job.request(workspace.seed, index) for index in range(_NUM_SAMPLES))
        say_estimate(account, samples, number, workspace.progress)
        written: Written[W] = Writer(job, account, config, workspace.seed, workspace.progress).run()
    if not written.kept:
        reasons = ", ".join(f"{count} {reason}" for reason, count in written.rejections.items())
        raise ConfigError(f"none of {written.num_attempts} answers of `{teacher}` could be used: {reasons}")
    _save(table, record, written.kept, number, workspace)
    workspace.write_records("rejected", RejectedAnswer, written.rejected)
    workspace.write_records("commissions", Commission, written.commissions)
    if written.ending is not Ending.DONE:
        said = "; ".join(written.stale_reasons) or written.ending.value
        workspace.progress(0, 0, f"stopped at {len(written.kept)} of {number}: {said}")
    metrics = {
        "teacher": teacher,
        "num_answers": written.num_attempts,
        "num_prompt_tokens": written.prompt_tokens,
        "num_completion_tokens": written.completion_tokens,
        "num_kept_tokens": written.kept_tokens,
        "num_topics": written.num_topics,
        "num_reseeds": written.num_reseeds,
        "ending": written.ending.value,
        "stale": list(written.stale_reasons),
    }
    return written.rejections, metrics


def _identity(config: TextbooksConfig | ExercisesConfig, sha256_of: FileHash) -> list[Any]:
    """A person's own schemas, whose file names their family, and the lists that a language model is asked about."""
    schemas = [[Path(one).stem, sha256_of(Path(one))] for one in config.schemas]
    if config.teacher == CURRICULUM:
        return schemas
    prompts = config.prompts
    lists = [getattr(prompts, name, None) for name in ("names", "topics", "professions", "words")]
    inspiration = getattr(prompts, "inspiration", None)
    sources = open_sources([inspiration], SourcesConfig()) if inspiration else []
    return [
        *schemas,
        *(sha256_of(Path(one)) if one else None for one in lists),
        [source.identity(sha256_of) for source in sources],
    ]


def _estimate(stage: Stage, hardware: Hardware | None) -> Estimate:
    """What the stage's teacher would be asked; nothing where the curriculum writes."""
    del hardware
    config = stage.config
    if isinstance(config, ExercisesConfig):
        return estimated_calls(config.teacher, config.num_exercises, config.num_exercises, EXERCISE)
    return estimated_calls(config.teacher, config.num_passages, config.num_passages, PASSAGE)


def _counted(values: Iterable[Any]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, values)).items()))
