"""The model that an export reads, and the folder that it writes: filled under another name and renamed when complete.

Reads: the run's artifacts; or the files in the model's folder.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError

from hornbook.errors import ConfigError, StoreError
from hornbook.evaluation.find import ModelFiles, find_files, is_run
from hornbook.export.huggingface import CARD, EXPORTED_FILES
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.store import Store

T = TypeVar("T")


def find_trained_model(name: str, store: Store, *, base: bool) -> tuple[ModelFiles, str | None]:
    """The model of a name, and its model card; None where there is none. See `find_files`.

    Raises:
        DamagedArtifactError: An artifact of the run is damaged.
    """
    files = find_files(name, store, base=base)
    card = files.folder / CARD
    if is_run(name, store):
        artifacts = RunFolder(store, name).artifacts()
        exported = artifacts.get("export")
        trained = [one.manifest.fingerprint for one in artifacts.values() if one.folder == files.folder]
        if exported is None or exported.manifest.inputs.get("model") not in trained:
            return files, None
        card = exported.path(f"model/{CARD}")
    return files, card.read_text(encoding="utf-8") if card.is_file() else None


def require_free(folder: Path, store: Store, *, replace: bool) -> None:
    """Check that an export may write a folder.

    Args:
        folder: The value of `--output`.
        store: The folder must lie outside of it.
        replace: Also allow a folder with an earlier export.

    Raises:
        ConfigError: It is a file, lies in the store, or holds files; with `replace`, files that no export writes.
    """
    if folder.resolve().is_relative_to(store.root.resolve()):
        raise ConfigError(f"`--output` `{folder}` lies in the store `{store.root}`, whose files never change")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ConfigError(f"`--output` must be a folder, and `{folder}` is a file")
    there = sorted(path.name for path in folder.iterdir())
    foreign = [name for name in there if name not in EXPORTED_FILES]
    if foreign:
        raise ConfigError(f"`--output` `{folder}` holds what no export wrote (`{foreign[0]}`): name a new folder")
    if there and not replace:
        raise ConfigError(
            f"`--output` `{folder}` holds an export already: name a new folder, or replace it with `--force`"
        )


def fill_aside(folder: Path, fill: Callable[[Path], T]) -> T:
    """Let `fill` write a temporary folder beside `folder`, then rename it to `folder`, which it replaces.

    After a kill at any moment, `folder` is unchanged or complete; between two renames the earlier one lies beside it.

    Args:
        folder: Missing parents are created.
        fill: Called with the folder to write; if it raises, `folder` stays unchanged.

    Raises:
        StoreError: It cannot be written: permissions, disk space.
    """
    place = folder.resolve()
    aside, earlier = (place.with_name(f".{place.name}.{kind}-{os.getpid()}") for kind in ("partial", "earlier"))
    try:
        aside.mkdir(parents=True)
        filled = fill(aside)
        if place.exists():
            place.rename(earlier)
        aside.rename(place)
    except (OSError, SafetensorError) as error:
        raise StoreError(f"`{folder}` cannot be written: {getattr(error, 'strerror', None) or error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if place.exists():
            shutil.rmtree(earlier, ignore_errors=True)
    return filled
