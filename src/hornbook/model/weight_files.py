"""The tensors of a model's folder, one at a time, whatever files they lie in.

Reads: `model.safetensors`, `model.safetensors.index.json` with its parts, `pytorch_model.bin`, or
       `pytorch_model.bin.index.json` with its parts; the first of these that is there. Code in a pickle is not run.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from hornbook.errors import DamagedArtifactError, MissingInputError

_SAFETENSORS, _PICKLE = "model.safetensors", "pytorch_model.bin"
_INDEX = ".index.json"


def read_tensors(folder: Path) -> Iterator[tuple[str, Tensor]]:
    """Name and tensor of all weights, in the types they are stored in. One file is open at a time, mapped, not copied.

    Raises:
        MissingInputError: There are no weights, or a part that the index names is missing.
        DamagedArtifactError: A file cannot be read.
    """
    for path in _weight_files(folder):
        try:
            yield from _tensors_of(path)
        except Exception as error:  # safetensors and torch raise errors of several unrelated classes
            raise DamagedArtifactError(f"the weights `{path}` cannot be read: {error}") from error


def _weight_files(folder: Path) -> list[Path]:
    for name in (_SAFETENSORS, _PICKLE):
        if (folder / name).is_file():
            return [folder / name]
        if (folder / f"{name}{_INDEX}").is_file():
            return _parts(folder / f"{name}{_INDEX}")
    raise MissingInputError(f"`{folder}` holds no weights: it has no `{_SAFETENSORS}` and no `{_PICKLE}`")


def _parts(index: Path) -> list[Path]:
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        paths = [index.parent / name for name in names]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedArtifactError(f"`{index}` does not say which tensor lies in which file: {error!r}") from error
    for name, path in zip(names, paths, strict=True):
        if Path(name).name != name or not path.is_file():
            raise MissingInputError(f"the weights are not whole: `{index}` names `{name}`, which is not there")
    return paths


def _tensors_of(path: Path) -> Iterator[tuple[str, Tensor]]:
    if path.suffix == ".safetensors":
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 - the file is no mapping
                yield name, file.get_tensor(name)
        return
    # Only the newer of torch's two formats, a zip archive, can be mapped.
    stored = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    for name, tensor in stored.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(f"`{name}` in it is no tensor")
        yield name, tensor
