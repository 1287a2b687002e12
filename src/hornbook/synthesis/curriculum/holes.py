"""The types that a schema's parameters may have. Which parameters are holes follows from them.

A hole is filled with a word of the lexicon when a task is drawn; every other parameter is an argument of the function
that is written. The engine reads the names of these types in the schema's source, so aliases of one type differ.
"""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
"""An item: an int, a float, or a word (str). One kind for the whole task."""
U = TypeVar("U")
"""What a map makes of an item: an int, a float or a str."""
Char = str
"""A string of one character."""
Text = str
"""An argument of words and punctuation."""
Numeral = str
"""An argument that is an integer in digits, or nearly so."""
Size = int
"""An argument from 0 to about 12."""
Natural = int
"""An argument from 0 to about 200."""
NonEmpty = list[T]
"""An argument that is a list of at least one item."""
Predicate = Callable[[T], bool]
"""A hole for a predicate of the lexicon."""
Relation = Callable[[T, T], bool]
"""A hole for a relation of two values: `x > y`."""
Map = Callable[[T], U]
"""A hole for a map of the lexicon."""
Measure = Callable[[T], int]
"""A hole for a map to integers, or to floats where the items are floats."""
Operation = Callable[[T, T], T]
"""A hole for what makes one value of two of the same kind."""
Fold = Callable[[list[T]], Any]
"""A hole for what makes one value of a list that is not empty."""
Reorder = Callable[[list[T]], list[T]]
"""A hole for what makes another list of a list."""
Choice = Any
"""A hole for a constant: the parameter's default is the tuple of its values."""
