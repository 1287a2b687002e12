"""The values of many documents, looked up by id; 24 bytes for each are held.

Reads:  rows of `id` and `value`, as `hornbook predict-value` writes them.
"""

import hashlib
from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hornbook.errors import MissingInputError
from hornbook.reading.rows import read_rows

_DIGEST_BYTES = 16
_MOST = 1e300
"""Not a number, infinity, and integers without bounds lie outside."""


class ValuesById:
    """Values by id.

    Raises:
        MissingInputError: The file is damaged, holds no rows, a row has no id or no value, or an id has two.
    """

    def __init__(self, path: Path) -> None:
        digests, values = bytearray(), array("d")
        for place, fields in read_rows(path):
            name, value = fields.get("id"), fields.get("value")
            if not isinstance(name, str | int):
                raise MissingInputError(f"`{place}` of the values has no `id`; `hornbook predict-value` writes it")
            if not isinstance(value, int | float) or isinstance(value, bool) or not -_MOST < value < _MOST:
                raise MissingInputError(f"`{place}` of the values: the `value` of `{name}` is {value!r}, no number")
            digests += _digest(str(name))
            values.append(value)
        if not values:
            raise MissingInputError(f"`{path}` holds no values")
        unsorted = np.frombuffer(digests, dtype=f"V{_DIGEST_BYTES}")
        order = np.argsort(unsorted, kind="stable")
        self._digests, self._values = unsorted[order], np.frombuffer(values)[order]
        self._require_one_value_each(path)

    def of(self, ids: Sequence[str]) -> NDArray[np.float64]:
        """The value of each; NaN where there is none."""
        wanted = np.frombuffer(b"".join(map(_digest, ids)), dtype=self._digests.dtype)
        at = np.minimum(np.searchsorted(self._digests, wanted), len(self._digests) - 1)
        values: NDArray[np.float64] = np.where(self._digests[at] == wanted, self._values[at], np.nan)
        return values

    def _require_one_value_each(self, path: Path) -> None:
        differ = (self._digests[1:] == self._digests[:-1]) & (self._values[1:] != self._values[:-1])
        if not differ.any():
            return
        twice = self._digests[1:][differ][0].tobytes()
        name = next(str(fields["id"]) for _, fields in read_rows(path) if _digest(str(fields["id"])) == twice)
        raise MissingInputError(f"`{path}` has several values for `{name}`; ids must be unique")


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=_DIGEST_BYTES).digest()
