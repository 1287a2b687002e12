"""Count in how many texts each feature occurs: a word, a phrase. What is in many texts proves nothing.

The counts of parts add up to the counts of the whole, so that it does not matter how the texts are cut into parts.
Where only a few texts were counted, what is known beforehand of docstrings stands in: `STOCK_WORDS`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STOCK = (
    "a all also an and another any are arg args argument arguments array as assume at average be been bool boolean "
    "but by call called can case character characters check code compute consider contain contains correct count "
    "create dict dictionary do does each either element elements empty equal every example examples exists false find "
    "first float following for from function get give given greater has have how if implement in index input int "
    "integer integers into is it item items its key largest last len length less list lists make many max maximum may "
    "method min minimum more most must name need negative new no none not note number numbers object of on one only "
    "or order other output pair param parameter positive possible program python raise raises result results return "
    "returned returning returns same second sequence set should smallest so solution solve sort sorted str string "
    "strings such sum take takes task tell text than that the their them then there these they this those to total "
    "true tuple two type until use using value values want we what when where whether which while whitespace will "
    "with without word words write you your zero"
)
STOCK_WORDS = frozenset(_STOCK.split())
"""The words that docstrings are made of, whatever they are about."""

STOCK_SHARE = 0.3
"""In how many texts of its own kind such a word is believed to be before any was counted."""
OTHER_SHARE = 0.003
"""The same of every other word."""
NUM_BELIEVED_TEXTS = 200
"""How many counted texts the belief is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """In how many texts the features of an index occur."""

    num_texts: int
    counts: NDArray[np.int64]
    """By feature, in the order of the index that counted them."""

    def __add__(self, other: "Frequencies") -> "Frequencies":
        """Of the texts of both.

        Raises:
            ValueError: They count different features.
        """
        if self.counts.shape != other.counts.shape:
            raise ValueError(f"counts of {len(self.counts)} and of {len(other.counts)} features do not add up")
        return Frequencies(num_texts=self.num_texts + other.num_texts, counts=self.counts + other.counts)


def no_frequencies(num_features: int) -> Frequencies:
    """Of no text."""
    return Frequencies(num_texts=0, counts=np.zeros(num_features, dtype=np.int64))


def information_of(
    believed_shares: NDArray[np.float64], counts: NDArray[np.int64], num_texts: int
) -> NDArray[np.float64]:
    """Nats by which each feature surprises: minus the logarithm of the share of texts that have it.

    Args:
        believed_shares: What is believed of each before the count.
        counts: Texts that have it.
        num_texts: All texts.
    """
    shares = (counts + NUM_BELIEVED_TEXTS * believed_shares) / (num_texts + NUM_BELIEVED_TEXTS)
    return -np.log(shares)


def believed_share(word: str) -> float:
    """The share of texts that are believed to have a word; numbers and single letters are in every text."""
    return STOCK_SHARE if word in STOCK_WORDS or word.isdigit() or len(word) == 1 else OTHER_SHARE
