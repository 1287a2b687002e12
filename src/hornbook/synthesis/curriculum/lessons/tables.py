"""The sentences for every operation, collected from the families' tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from hornbook.synthesis.curriculum.lessons import (
    bits,
    containers,
    errors,
    factors_and_sequences,
    matrices,
    numbers,
    objects,
    parsing,
    recursion,
    sets_and_pairs,
    simulation,
    sorting_and_searching,
    streams,
    texts,
    times_and_dates,
)


@dataclass(frozen=True)
class Lesson:
    """What a teacher says about one operation."""

    idea: str
    """What it does and how it works."""
    watch: str
    """What goes wrong easily, or what is good to know."""


LESSONS: Mapping[str, Lesson] = {
    name: Lesson(*sentences)
    for table in (
        numbers.SENTENCES,
        containers.SENTENCES,
        texts.SENTENCES,
        sets_and_pairs.SENTENCES,
        parsing.SENTENCES,
        streams.SENTENCES,
        objects.SENTENCES,
        errors.SENTENCES,
        simulation.SENTENCES,
        recursion.SENTENCES,
        bits.SENTENCES,
        factors_and_sequences.SENTENCES,
        matrices.SENTENCES,
        sorting_and_searching.SENTENCES,
        times_and_dates.SENTENCES,
    )
    for name, sentences in table.items()
}
