"""`hornbook show` and `hornbook runs`: show a run, list all of a store, remove one, delete what no run needs."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from hornbook.commands.one_stage import AsJson, StoreFolder, print_json, show_run
from hornbook.display import make_console
from hornbook.pipeline import DEFAULT_STORE
from hornbook.pipeline.runs import RunFolder, list_runs, remove_unused
from hornbook.pipeline.store import Store

app = App(name="runs", help="List the runs of a store, remove one, delete the artifacts that no run needs.")
RunName = Annotated[str, Parameter(help="Name of the run.")]


def show(run: RunName, /, *, store: StoreFolder = Path(DEFAULT_STORE), as_json: AsJson = False) -> None:
    """Show a run: its stages, artifacts, scores, and the folders that hold them."""
    show_run(RunFolder(Store(store), run), as_json=as_json, stages=True)


@app.default
def show_runs(*, store: StoreFolder = Path(DEFAULT_STORE), as_json: AsJson = False) -> None:
    """List the runs with the command that makes each, the newest last."""
    runs: list[dict[str, Any]] = [
        {"name": run.name, "command": run.typed, "num_stages": len(run.stages), "finished": run.finished}
        for run in list_runs(Store(store))
    ]
    if as_json:
        print_json({"store": str(store), "runs": runs})
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
def rm(run: RunName, /, *, store: StoreFolder = Path(DEFAULT_STORE), as_json: AsJson = False) -> None:
    """Remove a run's record; its artifacts stay until `gc`."""
    RunFolder(Store(store), run).remove()
    if as_json:
        print_json({"removed": run})


@app.command
def gc(*, store: StoreFolder = Path(DEFAULT_STORE), as_json: AsJson = False) -> None:
    """Delete the artifacts that no run has, and what interrupted runs left half done."""
    removed = remove_unused(Store(store))
    total = sum(removed.values())
    if as_json:
        print_json({"removed": removed, "bytes": total})
        return
    console = make_console()
    for artifact, num_bytes in removed.items():
        console.print(f"{num_bytes / 1e6:>10,.1f} MB  {artifact}", highlight=False, markup=False)
    console.print(f"{total / 1e6:>10,.1f} MB deleted", highlight=False, markup=False)
