"""How well texts compress together: a large ratio means that they repeat each other.

Source: Shaib and others 2024, "Standardizing the Measurement of Text Diversity" (compression ratio by gzip).
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LEVEL = 9
_SEPARATOR = "\n\n"


@dataclass(frozen=True, kw_only=True)
class Compression:
    """Bytes before over bytes after, of blocks of as many texts each."""

    block_size: int
    """Texts in a block: the ratio grows with it."""
    num_blocks: int
    ratio: float
    """The blocks' mean."""

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        return {"block_size": self.block_size, "num_blocks": self.num_blocks, "ratio": round(self.ratio, 4)}


def compression_of(texts: Sequence[str], block_size: int) -> Compression | None:
    """Compress the texts block by block, in order; texts behind the last whole block are left out.

    Returns:
        None where there is no whole block.
    """
    ratios = []
    for start in range(0, len(texts) - block_size + 1, block_size):
        joined = _SEPARATOR.join(texts[start : start + block_size]).encode("utf8", "surrogatepass")
        ratios.append(len(joined) / len(zlib.compress(joined, _LEVEL)))
    if not ratios:
        return None
    return Compression(block_size=block_size, num_blocks=len(ratios), ratio=sum(ratios) / len(ratios))
