"""Plant near duplicates of known similarity among real files, and see which are found.

Prints one JSON line: `python -m tests.deduplication.planted` with 2,000 copies among the files of the standard library
and of the folders given, and an oracle that compares 3,000 of the files with each other. A copy has its header renamed,
its comments changed, its imports in another order, or 2 to 15 % of its lines edited, or several of these. True
similarities are counted here, from sets of tuples, by a sparse product.
"""

import argparse
import json
import random
import re
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from tests.deduplication.sets import Runs, first_members, jaccard, runs_of

from hornbook.deduplication.minhash import NearConfig
from hornbook.deduplication.out_of_core import Repeated, find_repeated
from hornbook.sources.documents import Fields
from hornbook.sources.input_files import find_files

BANDS = (0.0, 0.6, 0.7, 0.8, 0.9, 1.0)
CONFIG = NearConfig()
_TOKEN = re.compile(r"\w+|[^\w\s]")
_FEWEST_LINES, _MOST_LINES = 30, 1500


def main() -> None:
    """Measure and print the line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", help="with more Python files")
    parser.add_argument("--num-planted", type=int, default=2000)
    parser.add_argument("--num-compared", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    texts = real_texts([Path(sysconfig.get_path("stdlib")), *arguments.folders])
    planted = measure_planted(texts, arguments.num_planted, arguments.seed)
    oracle = measure_oracle(texts, arguments.num_compared, arguments.seed)
    print(json.dumps({"num_files": len(texts), **planted, **oracle}))


def real_texts(folders: Sequence[Path]) -> list[str]:
    """The Python files of some folders, each text once."""
    texts: dict[str, None] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            try:
                texts[path.read_text(encoding="utf-8")] = None
            except (UnicodeDecodeError, OSError):
                continue
    return [text for text in texts if text.strip()]


def measure_planted(texts: Sequence[str], num_planted: int, seed: int) -> dict[str, Any]:
    """How many copies are found, by their true similarity with what they are copies of."""
    chance = random.Random(seed)
    sizes = {index: text.count("\n") for index, text in enumerate(texts)}
    originals = [index for index, size in sizes.items() if _FEWEST_LINES <= size <= _MOST_LINES]
    chosen = chance.sample(originals, min(num_planted, len(originals)))
    copies = [edited(texts[index], chance) for index in chosen]
    result = deduplicated([*texts, *copies])
    kept = {one.row: one.kept for one in result.duplicates}
    found, total, false_merges = {}, {}, 0
    for number, (index, copy) in enumerate(zip(chosen, copies, strict=True)):
        row = len(texts) + number
        true = jaccard(shingles(texts[index]), shingles(copy))
        band = max(edge for edge in BANDS[:-1] if edge <= true)
        is_found = kept.get(row, row) == kept.get(index, index)
        total[band] = total.get(band, 0) + 1
        found[band] = found.get(band, 0) + is_found
        false_merges += is_found and true < 0.6
    return {
        "num_planted": len(chosen),
        "recall": {f"{band}": round(found[band] / total[band], 4) for band in sorted(total)},
        "planted": {f"{band}": total[band] for band in sorted(total)},
        "recall_above_0.8": round(found_above(found) / max(found_above(total), 1), 4),
        "false_merges_below_0.6": false_merges,
        "num_compared_pairs": result.num_compared,
    }


def found_above(counts: dict[float, int]) -> int:
    """Of the bands from the threshold on."""
    return sum(number for band, number in counts.items() if band >= CONFIG.threshold)


def measure_oracle(texts: Sequence[str], num_compared: int, seed: int) -> dict[str, Any]:
    """Whether the clusters of some files are those of comparing all of them with each other."""
    chosen = random.Random(seed).sample(list(texts), min(num_compared, len(texts)))
    near = pairs_at_least(chosen, CONFIG.threshold)
    expected = first_members(len(chosen), near)
    kept = {one.row: one.kept for one in deduplicated(chosen).duplicates}
    actual = [kept.get(row, row) for row in range(len(chosen))]
    return {
        "num_compared_by_oracle": len(chosen),
        "oracle_pairs": len(near),
        "oracle_dropped": sum(keeper != row for row, keeper in enumerate(expected)),
        "different_clusters": sum(one != other for one, other in zip(actual, expected, strict=True)),
    }


def deduplicated(texts: Sequence[str]) -> Repeated:
    """By what the command calls."""
    with tempfile.TemporaryDirectory() as name:
        path, work = Path(name) / "texts.jsonl", Path(name) / "work"
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        work.mkdir()
        files = find_files([path], pattern="*")
        return find_repeated(files, work, Fields(), CONFIG, report=lambda note, done, total: None)


def edited(text: str, chance: random.Random) -> str:
    """A copy with one to three kinds of edits."""
    lines = text.split("\n")
    for edit in chance.sample((_rename_header, _change_comments, _reorder_imports, _edit_lines), chance.randint(1, 3)):
        lines = edit(lines, chance)
    return "\n".join(lines)


def shingles(text: str) -> Runs:
    """Of its words, numbers and marks."""
    return runs_of(_TOKEN.findall(text), 5)


def pairs_at_least(texts: Sequence[str], threshold: float) -> list[tuple[int, int]]:
    """All pairs of texts with at least this similarity, none left out."""
    numbers: dict[tuple[str, ...], int] = {}
    rows, columns = [], []
    for row, text in enumerate(texts):
        for shingle in shingles(text):
            rows.append(row)
            columns.append(numbers.setdefault(shingle, len(numbers)))
    incidence = csr_matrix((np.ones(len(rows), np.int32), (rows, columns)), shape=(len(texts), len(numbers)))
    sizes = np.bincount(rows, minlength=len(texts))
    shared = (incidence @ incidence.T).tocoo()
    similar = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data) >= threshold
    is_pair = similar & (shared.row < shared.col)
    return list(zip(shared.row[is_pair].tolist(), shared.col[is_pair].tolist(), strict=True))


def _rename_header(lines: list[str], chance: random.Random) -> list[str]:
    del chance
    text = "\n".join(lines)
    names = dict.fromkeys(re.findall(r"^(?:def|class) (\w+)", text, flags=re.MULTILINE))
    header = "# Copyright of somebody else.\n# All rights are theirs.\n"
    for name in list(names)[:1]:
        text = re.sub(rf"\b{name}\b", f"{name}_renamed", text)
    return (header + text).split("\n")


def _change_comments(lines: list[str], chance: random.Random) -> list[str]:
    return [
        f"{line.partition('#')[0]}# {chance.choice(('see above', 'TODO', 'as before'))}" if "# " in line else line
        for line in lines
    ]


def _reorder_imports(lines: list[str], chance: random.Random) -> list[str]:
    places = [place for place, line in enumerate(lines) if line.startswith(("import ", "from ")) and "(" not in line]
    order = chance.sample(places, len(places))
    changed = list(lines)
    for place, source in zip(places, order, strict=True):
        changed[place] = lines[source]
    return changed


def _edit_lines(lines: list[str], chance: random.Random) -> list[str]:
    share = chance.uniform(0.02, 0.15)
    changed = []
    for line in lines:
        if not line.strip() or chance.random() >= share:
            changed.append(line)
            continue
        kind = chance.randrange(3)
        if kind == 0:  # Gone.
            continue
        if kind == 1:
            changed += [line, f"{line[: len(line) - len(line.lstrip())]}extra = {chance.randrange(1000)}"]
        else:
            changed.append(re.sub(r"\w+", lambda match: f"{match[0]}x" if chance.random() < 0.3 else match[0], line))
    return changed


if __name__ == "__main__":
    sys.exit(main())
