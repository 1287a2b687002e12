"""Teach the fast encoder what a slow one sees, on texts that nobody has scored.

Reads:  features of labelled and of other texts; a language model's states of both; the scores.
Writes: a head (`kernel_head.py`) that reads the fast features alone.

First a slow head learns the scores from states and features together, and guesses the scores of the other texts. Then
the fast head learns from both: scores where there are any, guesses elsewhere.

Both are fitted for many parts of the labels (folds, held-out labels), so the equations of all texts are inverted once;
leaving some texts out of them is then a small correction, and exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.encode import Features
from hornbook.curation.kernel_head import KernelHead, gaussian, idf_of, standardiser_of, weigh

Floats = NDArray[np.float64]

_JITTER = 1e-6
"""Added to the diagonal of a matrix that is inverted, in case that two labelled texts are equal."""


@dataclass(frozen=True, kw_only=True)
class SoftLabels:
    """What the slow encoder says."""

    features: Features
    """Of U texts without a label; none of them is a labelled one."""
    states: Floats
    """U × K"""
    labelled_states: Floats
    """N × K: of the labelled texts; a row of NaN where a text has no states."""


class Distillation:
    """N labelled texts and U others, from which a head is learned for any part of the labels.

    What it knows of the texts (which tokens are rare, how measures spread) comes from all of them; what it knows of
    scores from that part alone.
    """

    def __init__(self, features: Features, targets: Floats, soft_labels: SoftLabels, penalty: float) -> None:
        """Invert the equations of all texts: (N + U)³ operations, and some (N + U)² numbers of memory.

        Args:
            features: Of the labelled texts.
            targets: N numbers.
            soft_labels: Likewise on the same scale.
            penalty: Of the squared weights, as in `fit_kernel`.
        """
        from scipy import linalg, sparse

        self._targets, self._penalty = targets, penalty
        num_labelled = len(targets)
        tokens = sparse.vstack([features.tokens, soft_labels.features.tokens], format="csr")
        dense = np.vstack([features.dense, soft_labels.features.dense])
        self._idf = idf_of(tokens)
        self._mean, self._scale = standardiser_of(dense)
        self._tokens = weigh(tokens, self._idf)
        standardised = (dense - self._mean) * self._scale
        self._supports = standardised[:num_labelled]
        self._near = gaussian(standardised, self._supports)
        cosines = np.asarray((self._tokens @ self._tokens.T).todense())
        self._known = np.flatnonzero(np.isfinite(soft_labels.labelled_states).all(axis=1))
        states = np.vstack([soft_labels.labelled_states[self._known], soft_labels.states])
        mean, scale = states.mean(axis=0), np.sqrt(states.var(axis=0).sum())
        states = (states - mean) / scale * np.sqrt(states.shape[1])
        seen = np.concatenate([self._known, np.arange(num_labelled, len(dense))])
        of_states = gaussian(states, states[: len(self._known)])
        self._slow = cosines[np.ix_(seen, self._known)] + self._near[np.ix_(seen, self._known)] + of_states
        among_supports = self._near[:num_labelled] + _JITTER * np.eye(num_labelled)
        self._to_supports = linalg.solve(among_supports, self._near.T, assume_a="pos")
        gram = cosines + self._near @ self._to_supports
        gram[np.diag_indices_from(gram)] += penalty
        self._inverse = linalg.inv(gram, overwrite_a=True, check_finite=False)

    def fit(self, rows: NDArray[np.intp]) -> KernelHead:
        """The head for a part of the labels.

        Args:
            rows: Which of the labelled texts' scores may be known, ascending.
        """
        num_labelled = len(self._targets)
        mean = float(self._targets[rows].mean())
        aims = np.concatenate([self._targets - mean, self._guess(rows, mean)])
        left_out = np.setdiff1d(np.arange(num_labelled), rows)
        aims[left_out] = 0.0
        dual = self._inverse @ aims
        if len(left_out):
            corner = self._inverse[np.ix_(left_out, left_out)]
            dual -= self._inverse[:, left_out] @ np.linalg.solve(corner, dual[left_out])
            dual[left_out] = 0.0
        return KernelHead(
            mean_score=mean,
            idf=self._idf,
            token_weights=self._tokens.T @ dual,
            dense_mean=self._mean,
            dense_scale=self._scale,
            supports=self._supports,
            dual=self._to_supports @ dual,
        )

    def _guess(self, rows: NDArray[np.intp], mean: float) -> Floats:
        """The slow head's guess for each text without a label, less the mean."""
        taught = np.flatnonzero(np.isin(self._known, rows))
        among = self._slow[np.ix_(taught, taught)] + self._penalty * np.eye(len(taught))
        weights = np.linalg.solve(among, self._targets[self._known[taught]] - mean)
        guesses: Floats = self._slow[len(self._known) :, taught] @ weights
        return guesses
