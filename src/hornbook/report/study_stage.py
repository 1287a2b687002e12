"""The stage that ends a study of contamination, and the study as a whole.

Reads:  see `contamination_study.py`.
Writes: the cells as a table; what went by each label, and what was planted, in the metrics.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.errors import ConfigError
from hornbook.records import Problem, Verdict
from hornbook.report.contamination_study import StudyCell, study_cells

VERSION = 1
STUDY = "study"
"""The stage's name."""
_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class StudyRowConfig:
    """A label and the model that was trained again for it."""

    label: str
    evaluation: str
    """The input that holds its verdicts; `as_trained` where nothing goes."""
    control_of: str = ""
    """The label by which problems are similar, where this is the row of a control; empty for the label's own row."""

    @property
    def similar_by(self) -> str:
        """The label of the similar pairs."""
        return self.control_of or self.label


@dataclass(frozen=True, kw_only=True)
class StudyConfig:
    """What is compared."""

    benchmark: str
    """Its name in the evaluations: `held_out`, `humaneval`."""
    rows: tuple[StudyRowConfig, ...]

    def __post_init__(self) -> None:
        """Refuse a study of nothing.

        Raises:
            ConfigError: There are no rows.
        """
        if not self.rows:
            raise ConfigError(f"`rows` must hold at least one label, got {self.rows!r}")


@dataclass(frozen=True, kw_only=True)
class StudyRow:
    """All about one label."""

    label: str
    num_removed: int
    """Exercises that are similar to a problem, and go before the model is trained again."""
    num_similar: int
    """Problems that an exercise is similar to."""
    evaluation: str
    """The stage that asked the model that was trained again; the one as trained where no exercise goes."""
    control_of: str
    """The label, of which this is the control: as many other exercises go, drawn at random. Empty for a label."""
    planted: Mapping[str, tuple[int, int]]
    """Kind of leak → how many are among the exercises that go, of how many that were planted; none of a control."""
    cells: tuple[StudyCell, ...]


@dataclass(frozen=True, kw_only=True)
class Study:
    """A study of contamination."""

    benchmark: str
    """For people."""
    num_problems: int
    num_exercises: int
    rows: tuple[StudyRow, ...]

    def as_json(self) -> dict[str, Any]:
        """JSON values, shares rounded to six digits."""
        return {
            "benchmark": self.benchmark,
            "num_problems": self.num_problems,
            "num_exercises": self.num_exercises,
            "rows": [
                {
                    "label": row.label,
                    "num_removed": row.num_removed,
                    "num_similar": row.num_similar,
                    "evaluation": row.evaluation,
                    "control_of": row.control_of,
                    "planted": {kind: {"found": found, "of": total} for kind, (found, total) in row.planted.items()},
                    "groups": {cell.group.value: _values(cell) for cell in row.cells},
                }
                for row in self.rows
            ],
        }


def run_study(config: StudyConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Compare the model as trained with each that was trained again.

    Args:
        config: The rows, in the order in which they are shown.
        inputs: `similar`; `as_trained`, an evaluation; and the evaluations that the rows name.
        workspace: Gets `study`: StudyCell, row by row.
    """
    similar, as_trained = inputs["similar"], inputs["as_trained"]
    problems = as_trained.records(f"{config.benchmark}-problems", Problem)
    verdicts = {
        key: inputs[key].records(f"{config.benchmark}-verdicts", Verdict)
        for key in {"as_trained", *(row.evaluation for row in config.rows)}
    }
    pairs = similar.table("similar").to_pylist()
    cells: list[StudyCell] = []
    for done, row in enumerate(config.rows):
        workspace.progress(done, len(config.rows), row.label)
        task_ids = frozenset(pair["task_id"] for pair in pairs if pair["label"] == row.similar_by)
        cells += study_cells(
            row.label, problems, task_ids, verdicts["as_trained"], verdicts[row.evaluation], workspace.seed
        )
    workspace.write_records("study", StudyCell, cells)
    workspace.progress(len(config.rows), len(config.rows), "")
    found = similar.manifest.metrics
    titles = {score["benchmark"]: score["title"] for score in as_trained.manifest.metrics["scores"]}
    return Result(
        kept=len(cells),
        unit="cells",
        metrics={
            "benchmark": titles[config.benchmark],
            "num_problems": len(problems),
            "num_exercises": found["num_exercises"],
            "rows": [
                {
                    "label": row.label,
                    "evaluation": inputs[row.evaluation].manifest.stage,
                    "control_of": row.control_of,
                    **found["labels"][row.similar_by],
                }
                for row in config.rows
            ],
        },
    )


def read_study(artifact: Artifact) -> Study:
    """The study that `run_study` wrote."""
    metrics = artifact.manifest.metrics
    cells = artifact.records("study", StudyCell)
    return Study(
        benchmark=metrics["benchmark"],
        num_problems=metrics["num_problems"],
        num_exercises=metrics["num_exercises"],
        rows=tuple(
            StudyRow(
                label=row["label"],
                num_removed=row["num_documents"],
                num_similar=row["num_problems"],
                evaluation=row["evaluation"],
                control_of=row["control_of"],
                planted={
                    kind: (count["found"], count["of"])
                    for kind, count in row.get("planted", {}).items()
                    if not row["control_of"]
                },
                cells=tuple(cell for cell in cells if cell.label == row["label"]),
            )
            for row in metrics["rows"]
        ),
    )


def _values(cell: StudyCell) -> dict[str, Any]:
    values = {name: value for name, value in asdict(cell).items() if name not in ("label", "group")}
    return {name: round(value, _DIGITS) if isinstance(value, float) else value for name, value in values.items()}
