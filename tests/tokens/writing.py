"""Write shards of some documents in a process of its own, which a test kills; prints `begun` before the first batch.

Arguments: the folder, the number of workers, and seconds to wait after each batch.
"""

import itertools
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.tokens.codegen_like import CODE, codegen_like

from hornbook.records import Document, DocumentKind
from hornbook.tokens import write
from hornbook.tokens.write import PackedCounts, write_shards

NUM_DOCUMENTS = 700
BATCH_DOCUMENTS = 20
SETTINGS = {"held_out_share": 0.1, "shard_tokens": 4000}


def documents_from(start: int) -> Iterator[Document]:
    """Pieces of code, some without a character."""
    chance = random.Random(3)
    pieces = [CODE[(begin := chance.randrange(len(CODE))) : begin + chance.randrange(300)] for _ in range(500)]
    for number in itertools.islice(range(NUM_DOCUMENTS), start, None):
        text = "" if number % 50 == 0 else pieces[number % len(pieces)] + str(number)
        yield Document(id=f"d{number}", kind=DocumentKind.CODE, text=text)


def write_all(folder: Path, num_workers: int | None = 1, pause: float = 0.0) -> PackedCounts:
    """Bring to the disk after each batch."""
    write.BATCH_DOCUMENTS = BATCH_DOCUMENTS

    calls = itertools.count()

    def report(num_documents: int, num_bytes: int) -> None:
        if next(calls) == 0:
            print("begun", flush=True)
        time.sleep(pause)

    return write_shards(
        documents_from,
        codegen_like(),
        folder,
        **SETTINGS,
        report=report,
        num_workers=num_workers,
        seconds_between_syncs=0.0,
    )


if __name__ == "__main__":
    counts = write_all(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    print(json.dumps(counts.num_tokens))
