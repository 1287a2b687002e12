"""What a language model sees in code of the standard library, as it comes with the package.

Reads:  `educational_value/states.safetensors`: for each snippet its hash and 32 numbers of one byte.
Writes: soft labels for the classifier (`distillation.py`), without the model and without a download.
Source: how the states were made: `educational_value/README.md`.
"""

import hashlib
from collections.abc import Sequence
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.distillation import SoftLabels
from hornbook.curation.encoder import Encoder

NUM_COMPONENTS = 32
LEAST_KNOWN_LABELS = 100
"""With fewer labelled texts that have states, a slow head would learn too little to teach."""
HASH_BYTES = 8
STATES_FILE = files("hornbook.curation").joinpath("educational_value/states.safetensors")


class ShippedStates:
    """What a language model saw in code of the standard library, found by the hash of the code."""

    def __init__(self, *, is_used: bool = True) -> None:
        """Load the states, or none of them."""
        self._states = _load_states() if is_used else {}

    def has(self, text: str) -> bool:
        """Whether there are states of a text."""
        return bool(self._states) and hash_of_snippet(text) in self._states

    def soft_labels(self, labelled: Sequence[str], others: Sequence[str], encoder: Encoder) -> SoftLabels | None:
        """What the states say.

        Args:
            labelled: The labelled texts.
            others: Texts that have states; none is a labelled one.
            encoder: Of the classifier.

        Returns:
            The soft labels; None where too few labelled texts have states: the code is of another version of Python.
        """
        nothing = np.full(NUM_COMPONENTS, np.nan)
        of_labelled = np.array([self._states.get(hash_of_snippet(text), nothing) for text in labelled])
        if not labelled or np.isfinite(of_labelled).all(axis=1).sum() < LEAST_KNOWN_LABELS:
            return None
        of_others = np.array([self._states[hash_of_snippet(text)] for text in others]).reshape(-1, NUM_COMPONENTS)
        return SoftLabels(features=encoder.encode(others), states=of_others, labelled_states=of_labelled)


def hash_of_snippet(text: str) -> bytes:
    """What a snippet's states are found by; a newline at its end does not count."""
    return hashlib.sha256(text.removesuffix("\n").encode()).digest()[:HASH_BYTES]


def _load_states() -> dict[bytes, NDArray[np.float64]]:
    from safetensors.numpy import load_file

    with as_file(STATES_FILE) as path:
        read = load_file(path)
    rows = read["states"] * read["steps"].astype(np.float64)
    return {digest.tobytes(): row for digest, row in zip(read["sha256"], rows, strict=True)}
