"""The fingerprint of a stage: a hash of all that determines its output, and of nothing else.

Covered: the stage's name and version, its config's literals, its seed, and the fingerprints of its inputs.
Not covered, because they must not matter: paths, hosts, devices, worker counts, the engine. What
says how to compute rather than what stands in a config's fields with the metadata `NOT_IN_FINGERPRINT`.
"""

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from enum import Enum
from typing import Any

NOT_IN_FINGERPRINT = {"in_fingerprint": False}
"""Metadata of a dataclass field that changes how a stage computes, not what: `field(metadata=NOT_IN_FINGERPRINT)`."""


def fingerprint(
    *, stage: str, version: int, config: Any, seed: int, inputs: Mapping[str, str], external: Any = None
) -> str:
    """Hash what determines a stage's output.

    Args:
        stage: The stage's name.
        version: The version of the stage's rule.
        config: A frozen dataclass of literals, dataclasses may nest.
        seed: The stage's seed.
        inputs: Input's name → fingerprint.
        external: Which external data it reads, as JSON values; None where it reads none.

    Returns:
        64 hexadecimal digits.

    Raises:
        TypeError: The config holds a value that has no stable form; the message names its place.
    """
    whole = {
        "stage": stage,
        "version": version,
        "config": encode(config, stage),
        "seed": seed,
        "inputs": dict(inputs),
    }
    if external is not None:
        whole["external"] = encode(external, f"{stage}.external")
    return digest_of(whole)


def digest_of(value: Any) -> str:
    """SHA-256 of a JSON value's canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def encode(value: Any, place: str = "config") -> Any:
    """Turn a value into JSON values such that equal meaning gives equal text, and unequal meaning unequal text.

    Args:
        value: None, a bool, an integer, a finite float, a string, an enum of those, a list or tuple, a mapping with
            string keys, or a dataclass of such values.
        place: Where the value stands, for the error's message.

    Raises:
        TypeError: Any other value: a path, a set, a function, NaN, an object whose text holds its address.
    """
    if isinstance(value, Enum):
        return encode(value.value, place)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise TypeError(f"`{place}` is {value!r}; a fingerprint needs a finite number")
        return value
    if isinstance(value, (list, tuple)):
        return [encode(item, f"{place}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"`{place}` has the key {key!r}; a fingerprint needs keys that are strings")
        return {key: encode(item, f"{place}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: encode(getattr(value, field.name), f"{place}.{field.name}")
            for field in dataclasses.fields(value)
            if field.metadata.get("in_fingerprint", True)
        }
        return {"type": type(value).__name__, **fields}
    raise TypeError(f"`{place}` is of type {type(value).__name__}, which has no stable form for a fingerprint")


def canonical_json(value: Any) -> str:
    """JSON with sorted keys, two spaces of indentation and a final newline: one text per value."""
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
