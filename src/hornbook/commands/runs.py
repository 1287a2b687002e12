"""`hornbook runs`: list the runs of a store, remove one, and delete the artifacts that no run needs."""

import json
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from hornbook.display import make_console
from hornbook.pipeline import DEFAULT_STORE
from hornbook.pipeline.runs import RunFolder, list_runs, remove_unused
from hornbook.pipeline.store import Store

app = App(name="runs", help="List the runs of a store, remove one, delete the artifacts that no run needs.")
StoreFolder = Annotated[Path, Parameter(name="--store", env_var="HORNBOOK_STORE", help="Folder of artifacts and runs.")]
AsJson = Annotated[bool, Parameter(name="--json", negative=(), help="Print one JSON object on the last line.")]


@app.default
def show_runs(*, store: StoreFolder = Path(DEFAULT_STORE), as_json: AsJson = False) -> None:
    """List the runs with the command that makes each, the newest last."""
    runs: list[dict[str, Any]] = [
        {"name": run.name, "command": run.typed, "num_stages": len(run.stages), "finished": run.finished}
        for run in list_runs(Store(store))
    ]
    if as_json:
        print(json.dumps({"store": str(store), "runs": runs}))  # noqa: T201
        return
    console = make_console()
    if not runs:
        console.print(f"no run is in the store {store}", highlight=False, markup=False)
    width = max((len(run["name"]) for run in runs), default=0)
    for run in runs:
        state = "finished" if run["finished"] else "not finished"
        line = f"{run['name']:<{width}}  {run['num_stages']:>3} stages, {state:<12}  {run['command']}"
        console.print(line, highlight=False, markup=False)


@app.command
def rm(name: str, /, *, store: StoreFolder = Path(DEFAULT_STORE)) -> None:
    """Remove a run's record; its artifacts stay until `gc`."""
    RunFolder(Store(store), name).remove()


@app.command
def gc(*, store: StoreFolder = Path(DEFAULT_STORE), as_json: AsJson = False) -> None:
    """Delete the artifacts that no run has, and what interrupted runs left half done."""
    removed = remove_unused(Store(store))
    total = sum(removed.values())
    if as_json:
        print(json.dumps({"removed": removed, "bytes": total}))  # noqa: T201
        return
    console = make_console()
    for artifact, num_bytes in removed.items():
        console.print(f"{num_bytes / 1e6:>10,.1f} MB  {artifact}", highlight=False, markup=False)
    console.print(f"{total / 1e6:>10,.1f} MB deleted", highlight=False, markup=False)
