"""What turns texts of code into features: one Protocol, and what implements it.

Source: section 2.1 of the paper has a code model's embeddings; `docs/decisions/classifier-head.md` compares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hornbook.curation.encode import EncodeConfig, Features, encode
from hornbook.curation.hidden_states import HiddenStatesConfig, HiddenStatesEncoder


class Encoder(Protocol):
    """Turns texts into features. What a text gets does not depend on the texts beside it, rounding aside."""

    @property
    def name(self) -> str:
        """For people, in tables and reports."""

    def encode(self, texts: Sequence[str]) -> Features:
        """A row for each text, in their order. All texts are in memory at once, so a corpus comes in parts."""


@dataclass(frozen=True)
class LexicalEncoder:
    """Hashed tokens and measures of names and layout (`encode.py`); implements `Encoder`, to the last bit."""

    config: EncodeConfig

    @property
    def name(self) -> str:
        """For people."""
        return "tokens and measures"

    def encode(self, texts: Sequence[str]) -> Features:
        """See `encode.encode`."""
        return encode(texts, self.config)


def make_encoder(config: EncodeConfig | HiddenStatesConfig) -> Encoder:
    """The encoder that a config describes. A language model is loaded when it is first asked.

    Raises:
        ConfigError, MissingInputError: As `HiddenStatesEncoder`.
    """
    match config:
        case EncodeConfig():
            return LexicalEncoder(config)
        case HiddenStatesConfig():
            return HiddenStatesEncoder(config)
