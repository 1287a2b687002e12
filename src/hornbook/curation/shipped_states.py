"""What a language model for code sees in the standard library, shipped with the package in compressed form.

Reads:  `educational_value/states.safetensors`: for each snippet its hash and 32 numbers of one byte.
Writes: hints for the classifier (`distillation.py`), without the model and without a download.

The numbers are the snippet's mean hidden state in the directions in which the snippets differ most (principal
components). No label went into them. They are made by

    python bench/shipped_states.py MODEL FILE --layer 15 --without-norm --dtype bfloat16

on a machine that has the model; which one it was stands in the file's metadata and in `educational_value/README.md`.
"""

import hashlib
from collections.abc import Sequence
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.distillation import Hints
from hornbook.encoders.encode import Features
from hornbook.errors import ConfigError
from hornbook.records import CodeSample, SampleKind

NUM_COMPONENTS = 32
LEAST_KNOWN_LABELS = 100
"""With fewer labelled texts that have states, a slow head would learn too little to teach."""
HASH_BYTES = 8
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
    of_labelled = np.array([states.get(hash_of_snippet(samples[at].text), nothing) for at in labelled])
    if np.isfinite(of_labelled).all(axis=1).sum() < LEAST_KNOWN_LABELS:
        return None
    seen = {samples[at].text for at in labelled}
    others = []
    for at, sample in enumerate(samples):
        if sample.kind is not SampleKind.MODULE and sample.text not in seen and hash_of_snippet(sample.text) in states:
            seen.add(sample.text)
            others.append(at)
    of_others = np.array([states[hash_of_snippet(samples[at].text)] for at in others]).reshape(-1, NUM_COMPONENTS)
    return Hints(features=features.rows(np.array(others, np.intp)), states=of_others, labelled_states=of_labelled)


def _load() -> dict[bytes, Floats]:
    from safetensors.numpy import load_file

    with as_file(files("hornbook.curation").joinpath(_FILE)) as path:
        read = load_file(path)
    rows = read["states"] * read["steps"].astype(np.float64)
    return {digest.tobytes(): row for digest, row in zip(read["sha256"], rows, strict=True)}


def hash_of_snippet(text: str) -> bytes:
    """What a snippet's states are found by; a newline at its end does not count."""
    return hashlib.sha256(text.removesuffix("\n").encode()).digest()[:HASH_BYTES]


def _content() -> bytes:
    return files("hornbook.curation").joinpath(_FILE).read_bytes()
