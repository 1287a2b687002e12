"""Make the shipped states: encode the running Python's standard library by a language model, and compress.

    python bench/shipped_states.py MODEL FILE --layer 15 --without-norm --dtype bfloat16

Takes most of an hour on two cores. `curation/train_classifier.py` reads the file.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from classifier import is_module, read_standard_library
from hornbook.curation.classifier import make_encoder
from hornbook.curation.hidden_states import DTYPES, describe_language_model
from hornbook.curation.train_classifier import HASH_BYTES, NUM_COMPONENTS, hash_of_snippet

_MOST_STEPS = 127

Floats = NDArray[np.float64]


def main() -> None:
    """Encode and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a folder, or a name of the hub")
    parser.add_argument("output", type=Path)
    parser.add_argument("--layer", type=int, help="by default two thirds of the way up")
    parser.add_argument("--without-norm", action="store_true", help="states as the layer leaves them")
    parser.add_argument("--dtype", default="auto", choices=("auto", *DTYPES))
    asked = parser.parse_args()
    documents, _ = read_standard_library()
    texts = [one.text for one in documents if not is_module(one)]
    described = describe_language_model(asked.model, dtype=asked.dtype)
    config = replace(described, layer=asked.layer, is_normed=not asked.without_norm)
    states = make_encoder(config)(texts).dense[:, :-1]
    save_states(texts, states, asked.output, {"encoder": json.dumps(vars(config) | {"folder": ""}, sort_keys=True)})


def save_states(texts: Sequence[str], states: Floats, path: Path, metadata: dict[str, str]) -> None:
    """Write the file; texts that occur again are left out."""
    first = {hash_of_snippet(text): at for at, text in reversed(list(enumerate(texts)))}
    hashes = sorted(first)
    numbers, steps = compress(states[[first[one] for one in hashes]])
    digests = np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, HASH_BYTES)
    save_file({"sha256": digests, "states": numbers, "steps": steps}, path, metadata)


def compress(states: Floats) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The principal components of standardised states, in steps.

    Args:
        states: N × width.

    Returns:
        N × `NUM_COMPONENTS` numbers of steps, and how large a step is in each component.
    """
    deviation = states.std(axis=0)
    standardised = (states - states.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    _, directions = np.linalg.eigh(standardised.T @ standardised)
    components = standardised @ directions[:, ::-1][:, :NUM_COMPONENTS]
    steps = np.maximum(np.abs(components).max(axis=0), 1e-12) / _MOST_STEPS
    return np.round(components / steps).astype(np.int8), steps.astype(np.float32)


if __name__ == "__main__":
    main()
