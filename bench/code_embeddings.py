"""What the search for near code sees of the labelled pairs, and how fast it is.

Prints one JSON line: quartiles of the scores by kind of record; recall and precision at the score of the best F1, and
at the least score at which no clean record but near misses is found; how many functions of the standard library reach a
score against HumanEval; functions a second of CPU time. A leak is found where it scores so with its own problem, a
clean record where it does with any. With `--model` a language model's states are compared, else runs of tokens.

    OMP_NUM_THREADS=1 python bench/code_embeddings.py
    python bench/code_embeddings.py --model FOLDER --layer 20 --most-functions 300
"""

import argparse
import ast
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.code_embeddings import CodeEmbeddingConfig, CodeEmbeddingIndex
from hornbook.decontamination.functions import ReadText, read_text
from hornbook.decontamination.labelled_set import LabelledPair, PairKind, load_labelled_set
from hornbook.encoders.encoder import Encoder
from hornbook.encoders.hidden_states import HiddenStatesEncoder, describe_language_model
from hornbook.encoders.shape import ShapeConfig, ShapeEncoder

ALL = CodeEmbeddingConfig(min_score=1e-6, min_nodes=1)
LEVELS = (0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98, 0.99)


def main() -> None:
    """Measure one encoder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a folder, or a name of the hub")
    parser.add_argument("--layer", type=int)
    parser.add_argument("--most-functions", type=int, default=5000, help="of the standard library")
    asked = parser.parse_args()
    encoder: Encoder = ShapeEncoder(ShapeConfig())
    if asked.model:
        encoder = HiddenStatesEncoder(replace(describe_language_model(asked.model), layer=asked.layer))
    found = {**labelled(encoder), **library(encoder, asked.most_functions)}
    print(json.dumps({"benchmark": "code_embeddings", "encoder": encoder.name, **found}))


def labelled(encoder: Encoder) -> dict[str, Any]:
    """The scores of the labelled pairs."""
    problems, pairs = load_labelled_set()
    index = CodeEmbeddingIndex([one.problem for one in problems], ALL, encoder)
    rows = np.zeros((len(pairs), len(problems)))
    for match in index.matches([read_text(pair.text) for pair in pairs]):
        rows[match.text, match.problem] = match.score
    places = {one.problem.task_id: place for place, one in enumerate(problems)}
    own = rows[np.arange(len(pairs)), [places[pair.task_id] for pair in pairs]]
    is_leak = np.array([pair.kind.is_leak for pair in pairs])
    counted = np.where(is_leak, own, rows.max(axis=1))
    is_far = np.array([not pair.kind.is_leak and pair.kind is not PairKind.NEAR_MISS for pair in pairs])
    level = float(np.nextafter(counted[is_far].max(), 2))
    best = max(np.unique(counted).tolist(), key=lambda least: _f1(counted, is_leak, least))
    return {
        "quartiles": {kind: _quartiles(own, pairs, kind) for kind in PairKind},
        "best_f1": {**_at(counted, is_leak, best), "found": _found(counted, pairs, best)},
        "no_far_alarm": {**_at(counted, is_leak, level), "found": _found(counted, pairs, level)},
        "at": {least: _found(counted, pairs, least) for least in LEVELS},
    }


def library(encoder: Encoder, most_functions: int) -> dict[str, Any]:
    """Functions of the standard library against HumanEval."""
    texts = _library_texts(most_functions)
    index = CodeEmbeddingIndex(read_humaneval(), CodeEmbeddingConfig(min_score=LEVELS[0]), encoder)
    index.matches(texts[:1])
    start = time.process_time()
    matches = index.matches(texts)
    seconds = time.process_time() - start
    num_functions = sum(len(read.functions) for read in texts)
    nearest: dict[tuple[int, str], float] = {}
    for match in matches:
        key = (match.text, match.function)
        nearest[key] = max(nearest.get(key, 0.0), match.score)
    scores = np.array(list(nearest.values()))
    return {
        "num_functions": num_functions,
        "library_at": {level: int((scores >= level).sum()) for level in LEVELS},
        "functions_per_cpu_second": round(num_functions / seconds, 1),
    }


def _library_texts(most_functions: int) -> list[ReadText]:
    """A text for each function."""
    texts: list[ReadText] = []
    for file in sorted(Path(ast.__file__).parent.glob("*.py")):
        read = read_text(file.read_text(encoding="utf8", errors="replace"))
        texts += [replace(read, functions=(function,)) for function in read.functions]
        if len(texts) >= most_functions:
            break
    return texts[:most_functions]


def _quartiles(own: NDArray[np.float64], pairs: Sequence[LabelledPair], kind: PairKind) -> list[float]:
    of_kind = own[[pair.kind is kind for pair in pairs]]
    return [round(float(one), 3) for one in np.quantile(of_kind, (0.25, 0.5, 0.75))]


def _f1(scores: NDArray[np.float64], is_leak: NDArray[np.bool_], least: float) -> float:
    found = int((scores[is_leak] >= least).sum())
    return 2 * found / (int((scores >= least).sum()) + int(is_leak.sum()))


def _at(scores: NDArray[np.float64], is_leak: NDArray[np.bool_], least: float) -> dict[str, float]:
    found, all_found = int((scores[is_leak] >= least).sum()), int((scores >= least).sum())
    recall, precision = found / int(is_leak.sum()), found / max(1, all_found)
    return {"score": round(least, 4), "recall": round(recall, 3), "precision": round(precision, 3)}


def _found(scores: NDArray[np.float64], pairs: Sequence[LabelledPair], least: float) -> dict[str, int]:
    return {
        kind: sum(bool(score >= least) for score, pair in zip(scores, pairs, strict=True) if pair.kind is kind)
        for kind in PairKind
    }


if __name__ == "__main__":
    main()
