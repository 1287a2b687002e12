"""Compare the heads of the educational-value classifier on the shipped labels, by five-fold cross-validation.

Prints one JSON line per head: rank correlation and AUC (score of at least 3), mean over three shuffles of the folds;
seconds for one fit on all labels; megabytes of code encoded and valued per second on one thread.
"""

import json
import time

import numpy as np
from threadpoolctl import threadpool_limits

from hornbook.curation.annotate import describe_labels, join_labels, load_labels
from hornbook.curation.calibration import auc, spearman
from hornbook.curation.classifier import HEADS, ClassifierConfig, fit_head, predict_unseen
from hornbook.curation.corpus import describe_standard_library, read_standard_library
from hornbook.curation.encode import encode

SEEDS = (0, 1, 2)


def main() -> None:
    """Measure and print."""
    samples = read_standard_library(describe_standard_library()).samples
    labels = join_labels(samples, load_labels(describe_labels()), describe_labels())
    row_of = {sample.id: row for row, sample in enumerate(samples)}
    start = time.perf_counter()
    features = encode([sample.text for sample in samples], ClassifierConfig().encode)
    encode_seconds = time.perf_counter() - start
    megabytes = sum(len(sample.text.encode()) for sample in samples) / 1e6
    labelled = features.rows(np.array([row_of[label.sample_id] for label in labels]))
    scores = np.array([label.score for label in labels])
    for head in HEADS:
        config = ClassifierConfig(head=head)
        unseen = [predict_unseen(labelled, scores, config, seed) for seed in SEEDS]
        start = time.perf_counter()
        fitted_head = fit_head(labelled, scores, config, 0)
        fitted = time.perf_counter()
        fitted_head.predict(features)
        seconds = time.perf_counter() - fitted
        line = {
            "head": head,
            "num_labels": len(labels),
            "spearman": round(float(np.mean([spearman(values, scores) for values in unseen])), 3),
            "auc": round(float(np.mean([auc(values, scores) for values in unseen])), 3),
            "fit_seconds": round(fitted - start, 2),
            "megabytes_per_second": round(megabytes / (encode_seconds + seconds), 2),
        }
        print(json.dumps(line))


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
