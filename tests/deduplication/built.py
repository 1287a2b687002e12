"""Files of rows, and what the stages `collect` and `deduplicate` make of them."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from tests.pipeline.conftest import SilentObserver

from hornbook.curation.collect import CollectConfig, collect
from hornbook.deduplication.stage import DeduplicateConfig, Duplicate, deduplicate
from hornbook.pipeline.run import Pipeline, run
from hornbook.pipeline.stage import Artifact, Context
from hornbook.pipeline.store import Store

CONFIG = DeduplicateConfig(threshold=0.7)


def edited_texts(num_originals: int, seed: int) -> list[str]:
    """Texts of 80 words in lines, each with copies: some of another layout, some with a few words changed."""
    chance = random.Random(seed)
    texts = []
    for _ in range(num_originals):
        words = [f"w{chance.randrange(400)}" for _ in range(80)]
        for rate in (0, 0, 0.01, 0.02, 0.05):
            copy = [f"w{chance.randrange(400)}" if chance.random() < rate else word for word in words]
            lines = [" ".join(copy[start : start + 10]) for start in range(0, 80, 10)]
            texts.append(chance.choice(("\n", "\n\n", "  \n")).join(lines))
    chance.shuffle(texts)
    return texts


def write(path: Path, texts: Sequence[str]) -> Path:
    """A file of rows that are called by their place in it, from 0 on."""
    path.write_text("".join(json.dumps({"id": str(row), "text": text}) + "\n" for row, text in enumerate(texts)))
    return path


def deduplicated(
    source: Path, store: Path, config: DeduplicateConfig = CONFIG, context: Context | None = None
) -> Artifact:
    """The artifact of the stage, in a store of its own."""
    opened = Store(store)
    opened.open_for_writing()
    last = deduplicate(collect(CollectConfig(inputs=(str(source),))), config=config)
    return run(Pipeline.ending_in("test", last), opened, SilentObserver(), context)["deduplicate"].artifact


def duplicates_of(artifact: Artifact) -> list[Duplicate]:
    """What was dropped."""
    return artifact.records("duplicates", Duplicate)


def keepers_of(artifact: Artifact, num_texts: int) -> list[int]:
    """For each text the one of its cluster that stays."""
    kept = {int(one.id): int(one.kept) for one in duplicates_of(artifact)}
    return [kept.get(row, row) for row in range(num_texts)]
