"""Compare encoders and heads of the educational-value classifier on the shipped labels, by five-fold cross-validation.

Prints one JSON line for each encoder and head: rank correlation and AUC (score of at least 3), mean over three shuffles
of the folds; seconds for one fit on all labels; megabytes of code encoded and valued per CPU-second on one thread, and
for a language model, on the CPU too, also its tokens per second.

`--language-model` names one, a folder or a name of the hub, and may be given again; without it only the encoder that
needs no download is measured. `--layer` and `--max-tokens` are for all of them.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hornbook.curation.calibration import auc, spearman
from hornbook.curation.classifier import HEADS, KERNEL, ClassifierConfig, Learner, make_encoder, predict_unseen
from hornbook.curation.collect import DEFINITIONS, CollectConfig, collect
from hornbook.curation.distillation import SoftLabels
from hornbook.curation.encode import EncodeConfig, Features
from hornbook.curation.hidden_states import HiddenStatesConfig, HiddenStatesEncoder, describe_language_model
from hornbook.curation.labels import read_labels
from hornbook.curation.train_classifier import ShippedStates
from hornbook.display import TerminalObserver, make_console
from hornbook.pipeline.run import Pipeline, run
from hornbook.pipeline.store import Store
from hornbook.records import Document, Label, SampleKind
from hornbook.sources.standard_library import STANDARD_LIBRARY

SEEDS = (0, 1, 2)
NUM_SPEED_TEXTS = 1000
"""Texts on which the fast encoder's speed is measured: taken evenly from the corpus."""


def main() -> None:
    """Measure and print."""
    asked = _arguments()
    samples, labels = read_standard_library()
    text_of = {sample.id: sample.text for sample in samples}
    texts = [text_of[label.id] for label in labels]
    scores = np.array([label.score for label in labels])
    if asked.num_labels is not None:
        chosen = np.random.default_rng(0).permutation(len(texts))[: asked.num_labels]
        texts, scores = [texts[index] for index in chosen], scores[chosen]
    others = [sample.text for sample in samples[:: max(1, len(samples) // NUM_SPEED_TEXTS)]]
    if not asked.only_language_models:
        compare_heads(EncodeConfig(), texts, scores, others, asked.head)
        states, of_labelled = ShippedStates(), set(texts)
        unread = (sample.text for sample in samples if not is_module(sample))
        with_states = [text for text in dict.fromkeys(unread) if text not in of_labelled and states.has(text)]
        soft_labels = states.soft_labels(texts, with_states, make_encoder(EncodeConfig()))
        if soft_labels is not None and asked.num_labels is None:
            compare_heads(EncodeConfig(), texts, scores, others, (KERNEL,), soft_labels)
    for name in asked.language_model:
        config = replace(
            describe_language_model(name, device="cpu"),
            max_tokens=asked.max_tokens,
            **({} if asked.layer is None else {"layer": asked.layer}),
        )
        compare_heads(config, texts, scores, texts, asked.head)


def read_standard_library() -> tuple[list[Document], list[Label]]:
    """The functions, classes and small modules of the running Python's standard library, and the shipped labels."""
    library = collect(CollectConfig(inputs=(STANDARD_LIBRARY,), split=DEFINITIONS))
    labels = read_labels(library)
    with tempfile.TemporaryDirectory() as folder, TerminalObserver(make_console(stderr=True)) as observer:
        store = Store(Path(folder), is_durable=False)
        store.open_for_writing()
        made = run(Pipeline.ending_in("classifier", labels), store, observer)
        documents = list(made[library.name].artifact.documents())
        found = list(made[labels.name].artifact.table("labels", Label))
        store.close()
    return documents, found


def is_module(document: Document) -> bool:
    """Whether a document of the standard library is a whole module."""
    return bool(json.loads(document.metadata)["sample_kind"] == SampleKind.MODULE)


def compare_heads(
    config: EncodeConfig | HiddenStatesConfig,
    texts: Sequence[str],
    scores: NDArray[np.int64],
    others: Sequence[str],
    heads: Sequence[str],
    soft_labels: SoftLabels | None = None,
) -> None:
    """Print a line for each head.

    Args:
        config: Of the encoder of all texts.
        texts: The labelled ones.
        scores: Their scores.
        others: Those that encoding and predicting are timed on; where they are `texts`, these are encoded once.
        heads: Their names.
        soft_labels: What a language model sees in the texts and in others, if the heads learn from that besides.
    """
    encode = make_encoder(config)
    encode(texts[:1])  # A model is loaded, a library imported.
    start = time.process_time()
    timed = encode(others)
    encode_seconds = time.process_time() - start
    labelled = timed if others is texts else encode(texts)
    for head in heads:
        print(json.dumps(_line(config, head, labelled, scores, soft_labels, timed, others, encode_seconds)), flush=True)


def _line(
    config: EncodeConfig | HiddenStatesConfig,
    head: str,
    labelled: Features,
    scores: NDArray[np.int64],
    soft_labels: SoftLabels | None,
    timed: Features,
    others: Sequence[str],
    encode_seconds: float,
) -> dict[str, object]:
    start = time.process_time()
    learner = Learner(labelled, scores, ClassifierConfig(head=head), soft_labels)
    fitted_head = learner.fit(np.arange(len(scores)), 0)
    fitted = time.process_time()
    fitted_head.predict(timed)
    predict_seconds = time.process_time() - fitted
    unseen = [predict_unseen(learner, seed) for seed in SEEDS]
    megabytes = sum(len(text.encode()) for text in others) / 1e6
    encoder = HiddenStatesEncoder(config) if isinstance(config, HiddenStatesConfig) else None
    line: dict[str, object] = {
        "encoder": "tokens and measures" if encoder is None else encoder.name,
        "head": head,
        "num_soft_labels": 0 if soft_labels is None else len(soft_labels.states),
        "num_labels": len(scores),
        "spearman": round(float(np.mean([spearman(values, scores) for values in unseen])), 3),
        "auc": round(float(np.mean([auc(values, scores) for values in unseen])), 3),
        "fit_seconds": round(fitted - start, 2),
        "megabytes_per_second": float(f"{megabytes / (encode_seconds + predict_seconds):.3g}"),
        "num_threads": 1,
    }
    if encoder is not None:
        num_tokens = sum(map(len, encoder.tokenize(others)))
        line["tokens_per_second"] = round(num_tokens / encode_seconds)
    return line


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language-model", action="append", default=[], help="a folder, or a name of the hub")
    parser.add_argument("--only-language-models", action="store_true")
    parser.add_argument("--layer", type=int, help="by default that of the config")
    parser.add_argument("--max-tokens", type=int, default=HiddenStatesConfig.max_tokens)
    parser.add_argument("--num-labels", type=int, help="so many of the labels, drawn at random; by default all")
    parser.add_argument("--head", action="append", choices=HEADS, help="may be given again; by default all")
    asked = parser.parse_args()
    asked.head = asked.head or HEADS
    return asked


if __name__ == "__main__":
    import os

    import torch

    os.environ["RAYON_NUM_THREADS"] = "1"  # of the tokenizers
    torch.set_num_threads(1)
    with threadpool_limits(1):
        main()
