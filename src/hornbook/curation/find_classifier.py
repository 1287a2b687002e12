"""Find the classifier that a person means: of a run, in a folder, or that of the latest run of the laptop recipe."""

from pathlib import Path

from hornbook.artifacts.run import FILE_NAME, RunFolder
from hornbook.artifacts.store import Store
from hornbook.curation.saved_classifier import CLASSIFIER_FOLDER
from hornbook.errors import DamagedArtifactError, HornbookError, MissingInputError

RECIPE = "laptop"
_STAGE = "classifier"
_MAKE_ONE = f"`hornbook run {RECIPE} --until {_STAGE}` makes one"


def find_classifier(name: str | None, store: Store) -> Path:
    """The folder of a saved classifier (`saved_classifier.py`).

    Args:
        name: A run of the store; else a folder: a saved classifier, or an artifact with one. None: the run of the
            recipe `laptop` that was begun or went on last and has a classifier.
        store: Where runs are looked for.

    Raises:
        MissingInputError: There is none; says how to make one.
        DamagedArtifactError: The run's classifier is gone or damaged.
    """
    if name is None:
        return _latest(store)
    if Path(name).name == name and (store.runs / name / FILE_NAME).is_file():
        return _of_run(RunFolder(store, name))
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise MissingInputError(f"no run `{name}` in the store `{store.root}`, and no such folder; {_MAKE_ONE}")
    inside = folder / CLASSIFIER_FOLDER
    return inside if inside.is_dir() else folder


def _latest(store: Store) -> Path:
    records = sorted(store.runs.glob(f"*/{FILE_NAME}"), key=lambda path: -path.stat().st_mtime_ns)
    for record in records:
        run = RunFolder(store, record.parent.name)
        try:
            known = run.read()
        except HornbookError:
            continue
        if known.recipe == RECIPE and any(stage.name == _STAGE for stage in known.stages):
            return _of_run(run)
    raise MissingInputError(
        f"there is no classifier: the store `{store.root}` has no run of `{RECIPE}` with one; {_MAKE_ONE}, --store "
        "names another store, --classifier a run or a folder"
    )


def _of_run(run: RunFolder) -> Path:
    known = run.read()
    stage = next((one for one in known.stages if one.name == _STAGE), None)
    if stage is None:
        raise MissingInputError(f"the run `{known.name}` has no classifier; {_MAKE_ONE}")
    again = known.command or f"hornbook run {known.recipe}"
    artifact = run.store.find(_STAGE, stage.fingerprint)
    if artifact is None:
        raise DamagedArtifactError(f"the classifier of the run `{known.name}` is gone; `{again}` rebuilds it")
    if not (artifact.folder / CLASSIFIER_FOLDER).is_dir():
        raise MissingInputError(
            f"the run `{known.name}` has not saved its classifier: it was made by an older Hornbook, or its head is "
            f"a forest, which cannot be saved; `{again}` with this one and the head `kernel` saves it"
        )
    return artifact.folder / CLASSIFIER_FOLDER
