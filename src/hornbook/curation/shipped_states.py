"""What a language model for code sees in the standard library, shipped with the package in compressed form.

Reads:  `educational_value/states.safetensors`: for each snippet its hash and 32 numbers of one byte.
Writes: hints for the classifier (`distillation.py`), without the model and without a download.

The numbers are the snippet's mean hidden state in the directions in which the snippets differ most (principal
components). No label went into them. They are made by

    python -m hornbook.curation.shipped_states MODEL FILE --layer 15 --without-norm --dtype bfloat16

on a machine that has the model; which one it was stands in the file's metadata and in `educational_value/README.md`.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.distillation import Hints
from hornbook.encoders.encode import Features
from hornbook.errors import ConfigError
from hornbook.records import CodeSample, SampleKind

NUM_COMPONENTS = 32
LEAST_KNOWN_LABELS = 100
"""With fewer labelled texts that have states, a slow head would learn too little to teach."""
_HASH_BYTES = 8
_MOST_STEPS = 127
_FILE = "educational_value/states.safetensors"

Floats = NDArray[np.float64]


def describe_states() -> str:
    """The digest that stands for the states of this installation, for `ClassifierConfig.states_sha256`."""
    return hashlib.sha256(_content()).hexdigest()


def make_hints(
    samples: Sequence[CodeSample], features: Features, labelled: NDArray[np.intp], states_sha256: str
) -> Hints | None:
    """What the shipped states say of a corpus.

    Args:
        samples: The corpus.
        features: Of all its samples.
        labelled: The places of the labelled ones.
        states_sha256: `describe_states()`, or empty for none.

    Returns:
        The hints; None where none are wanted, or too few labelled samples have states: the corpus is of another version
        of Python. Whole modules are left out, since they hold the functions and classes that are labelled.

    Raises:
        ConfigError: The installed states are not those of the digest.
    """
    if not states_sha256:
        return None
    if states_sha256 != describe_states():
        raise ConfigError(f"`states_sha256` is {states_sha256!r}, the installed states have another digest")
    states = _load()
    nothing = np.full(NUM_COMPONENTS, np.nan)
    of_labelled = np.array([states.get(_hash(samples[at].text), nothing) for at in labelled])
    if np.isfinite(of_labelled).all(axis=1).sum() < LEAST_KNOWN_LABELS:
        return None
    seen = {samples[at].text for at in labelled}
    others = []
    for at, sample in enumerate(samples):
        if sample.kind is not SampleKind.MODULE and sample.text not in seen and _hash(sample.text) in states:
            seen.add(sample.text)
            others.append(at)
    of_others = np.array([states[_hash(samples[at].text)] for at in others]).reshape(-1, NUM_COMPONENTS)
    return Hints(features=features.rows(np.array(others, np.intp)), states=of_others, labelled_states=of_labelled)


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


def save_states(texts: Sequence[str], states: Floats, path: Path, metadata: dict[str, str]) -> None:
    """Write the file; texts that occur again are left out."""
    from safetensors.numpy import save_file

    first = {_hash(text): at for at, text in reversed(list(enumerate(texts)))}
    hashes = sorted(first)
    numbers, steps = compress(states[[first[one] for one in hashes]])
    digests = np.frombuffer(b"".join(hashes), dtype=np.uint8).reshape(-1, _HASH_BYTES)
    save_file({"sha256": digests, "states": numbers, "steps": steps}, path, metadata)


def main() -> None:
    """Encode the running Python's standard library by a language model. Takes most of an hour on two cores."""
    from hornbook.curation.corpus import describe_standard_library, read_standard_library
    from hornbook.encoders.encoder import make_encoder
    from hornbook.encoders.hidden_states import DTYPES, Pooling, describe_language_model

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("model", help="a folder, or a name of the hub")
    parser.add_argument("output", type=Path)
    parser.add_argument("--layer", type=int, help="by default two thirds of the way up")
    parser.add_argument("--without-norm", action="store_true", help="states as the layer leaves them")
    parser.add_argument("--dtype", default="auto", choices=("auto", *DTYPES))
    asked = parser.parse_args()
    samples = read_standard_library(describe_standard_library()).samples
    texts = [sample.text for sample in samples if sample.kind is not SampleKind.MODULE]
    described = describe_language_model(asked.model, dtype=asked.dtype)
    config = replace(described, layer=asked.layer, is_normed=not asked.without_norm, pooling=Pooling.MEAN)
    states = make_encoder(config).encode(texts).dense[:, :-1]
    save_states(texts, states, asked.output, {"encoder": json.dumps(vars(config) | {"folder": ""}, sort_keys=True)})


def _load() -> dict[bytes, Floats]:
    from safetensors.numpy import load_file

    with as_file(files("hornbook.curation").joinpath(_FILE)) as path:
        read = load_file(path)
    rows = read["states"] * read["steps"].astype(np.float64)
    return {digest.tobytes(): row for digest, row in zip(read["sha256"], rows, strict=True)}


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.removesuffix("\n").encode()).digest()[:_HASH_BYTES]


def _content() -> bytes:
    return files("hornbook.curation").joinpath(_FILE).read_bytes()


if __name__ == "__main__":
    main()
