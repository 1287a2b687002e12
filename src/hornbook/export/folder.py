"""A folder that a person named, filled aside and put in place when it is whole."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from safetensors import SafetensorError

from hornbook.artifacts.store import Store
from hornbook.errors import ConfigError, StoreError
from hornbook.export.huggingface import EXPORTED_FILES

T = TypeVar("T")


def require_free(folder: Path, store: Store, *, replace: bool) -> None:
    """Refuse a folder that an export must not take.

    Args:
        folder: What the person named.
        store: Nothing is put into it.
        replace: Take a folder with an earlier export, too.

    Raises:
        ConfigError: It is no folder, lies in the store, or holds files; with `replace`, files that no export writes.
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
    """Let `fill` write a folder beside `folder`, and put it in its place; what was there is gone then.

    Killed at any moment, `folder` is as it was or whole, or between two renames the earlier one lies beside it.

    Args:
        folder: Its parents are made where they are missing.
        fill: Given the folder to write; an error of it leaves `folder` as it was.

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
