"""The one door to Daft, which runs a plan over tables on this machine or on a Ray cluster.

The rest of the program imports Daft only through `import_daft`, so that it is loaded no earlier than needed, sends no
usage data and draws no progress bars of its own. Where a plan runs changes neither its rows nor their values; their
order is not guaranteed, so carry a row number and sort by it.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from hornbook.errors import ConfigError

ENGINES = ("local", "ray")
_QUIET = {"DO_NOT_TRACK": "1", "DAFT_PROGRESS_BAR": "0"}


def open_engine(name: str = "local", ray_address: str | None = None) -> None:
    """Choose where plans run, for the rest of the process. Without a call they run locally.

    Args:
        name: `local` (all cores of this machine) or `ray`.
        ray_address: Of a running Ray cluster; None starts or finds one on this machine.

    Raises:
        ConfigError: The name is none of the two, Ray is not installed, or another engine is already in use.
    """
    if name not in ENGINES:
        raise ConfigError(f"`engine` must be one of {', '.join(ENGINES)}, got {name!r}")
    if ray_address is not None and name != "ray":
        raise ConfigError(f"`ray_address` is {ray_address!r}, but the engine is {name!r}: set `engine` to ray")
    daft = import_daft()
    current = _engine_in_use(daft)
    if current is not None:
        if current != name:
            raise ConfigError(f"`engine` is {name!r}, but this process already works on {current!r}: start a new one")
        return
    if name == "local":
        daft.set_runner_native()
        return
    try:
        import ray  # type: ignore[import-not-found,unused-ignore]
    except ModuleNotFoundError as error:
        raise ConfigError("`engine` is 'ray', but Ray is not installed: run `pip install 'hornbook[ray]'`") from error
    if not ray.is_initialized():
        quiet = {"env_vars": {name: os.environ[name] for name in _QUIET}}
        ray.init(ray_address, runtime_env=quiet, log_to_driver=False, logging_level=logging.WARNING)
    daft.set_runner_ray(noop_if_initialized=True)


def frame_of(table: pa.Table) -> Any:
    """A Daft DataFrame over `table`, to build a lazy plan on."""
    daft = import_daft()
    if _engine_in_use(daft) is None:
        open_engine()
    return daft.from_arrow(table)


def frame_of_files(paths: Sequence[Path], columns: Sequence[str]) -> Any:
    """A Daft DataFrame over some columns of Parquet files; on a cluster each machine reads them for itself."""
    daft = import_daft()
    if _engine_in_use(daft) is None:
        open_engine()
    return daft.read_parquet([str(path.resolve()) for path in paths]).select(*columns)


def is_on_cluster() -> bool:
    """Whether plans run on Ray: few large ones at a time, from the thread that opened the engine, serve it best."""
    return _engine_in_use(import_daft()) == "ray"


def collect(frame: Any, sort_by: str) -> pa.Table:
    """Run a plan and fetch its rows.

    Args:
        frame: The DataFrame.
        sort_by: A column of unique numbers, by which the rows are put in order.
    """
    return frame.to_arrow().sort_by(sort_by)


def import_daft() -> Any:
    """Daft, told to keep quiet. Takes half a second on the first call."""
    os.environ.update(_QUIET)
    import daft

    return daft


def _engine_in_use(daft: Any) -> str | None:
    runner = daft.runners._get_runner()
    if runner is None:
        return None
    return "ray" if runner.name == "ray" else "local"
