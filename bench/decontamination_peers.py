"""How others look for a benchmark in training data, called as ours is: records and problems in, flagged records out.

Source: datatrove's `NGramsDecontFilter`, its own code; `decontamination/decontaminate.py` of huggingface/cosmopedia
(n-grams of 10 words retrieve, then difflib's matching blocks decide), written anew from what it does.

Both look at prompt and canonical solution. Datatrove by default takes only n-grams that touch the solution; here it
also takes those within the prompt, where a benchmark of code has its words.
"""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from hornbook.records import Problem

NGRAM_LENGTH = 10
"""Words of an n-gram that retrieves a problem. Source: Cosmopedia's default."""
FEWEST_CHARACTERS = 6
"""Of a matching block that counts. Source: as above, more than 5."""
MOST_SHARE = 0.5
"""Of the problem's characters that a clean record may match. Source: as above."""


def flagged_by_datatrove(records: Sequence[str], problems: Sequence[Problem], folder: Path) -> set[int]:
    """Places of the records that datatrove's filter drops, with its default n-grams of 12 words.

    Args:
        records: Texts.
        problems: Of the benchmark.
        folder: An empty one, for its index.
    """
    from datatrove.data import Document
    from datatrove.pipeline.decont import NGramsDecontFilter
    from datatrove.pipeline.decont.n_grams import NGramsDecontConfig

    config = NGramsDecontConfig(find_query_ngrams=True)
    _write_index(problems, folder, config)
    documents = (Document(text=text, id=str(place)) for place, text in enumerate(records))
    kept = {int(document.id) for document in NGramsDecontFilter(str(folder), config).run(documents)}
    return set(range(len(records))) - kept


def flagged_by_difflib(records: Sequence[str], problems: Sequence[Problem]) -> set[int]:
    """Places of the records that share an n-gram with a problem, and in blocks more than half of its characters.

    Cosmopedia's script compares a record with one of the problems that share an n-gram; here with each of them.
    """
    texts = [_words(problem.prompt + problem.canonical_solution) for problem in problems]
    holders: dict[tuple[str, ...], set[int]] = {}
    for place, words in enumerate(texts):
        for ngram in _ngrams(words):
            holders.setdefault(ngram, set()).add(place)
    flagged = set()
    for number, record in enumerate(records):
        words = _words(record)
        retrieved = {place for ngram in _ngrams(words) for place in holders.get(ngram, ())}
        if any(matched_share(" ".join(words), " ".join(texts[place])) > MOST_SHARE for place in retrieved):
            flagged.add(number)
    return flagged


def matched_share(record: str, problem: str) -> float:
    """The characters of the blocks that both have, over those of the problem."""
    blocks = difflib.SequenceMatcher(None, record, problem, autojunk=False).get_matching_blocks()
    matched = "".join(record[block.a : block.a + block.size] for block in blocks if block.size >= FEWEST_CHARACTERS)
    return len(" ".join(matched.split())) / len(problem)


def _write_index(problems: Sequence[Problem], folder: Path, config: object) -> None:
    """The file that its indexer writes; the indexer itself wants `lighteval` installed, for tasks of its own."""
    import numpy as np
    from datatrove.pipeline.decont import NGramsDecontIndexer

    indexer = object.__new__(NGramsDecontIndexer)
    NGramsDecontIndexer.__init__(indexer, str(folder), config=config)
    hashes = {one for problem in problems for one in indexer.compute_hashes(problem.canonical_solution, problem.prompt)}
    np.array(sorted(hashes), dtype=indexer.config.hash_config.np_descr).tofile(folder / "benchmark.index.hashes")


def _words(text: str) -> list[str]:
    """In lower case, without accents."""
    plain = "".join(one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one) != "Mn")
    return re.findall(r"\w+", plain.lower())


def _ngrams(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[start:] for start in range(NGRAM_LENGTH)), strict=False))
