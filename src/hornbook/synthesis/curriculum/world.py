"""The world: all operations, and which may follow which."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from hornbook.synthesis.curriculum.courses import FIRST_OPERATIONS, Course
from hornbook.synthesis.curriculum.difficulties import LEVELS, with_level
from hornbook.synthesis.curriculum.families import (
    bit_lists,
    bit_measures,
    bits,
    calendars,
    characters,
    clocks,
    conditions,
    day_counts,
    dictionaries,
    digits,
    durations,
    factors,
    generators,
    grid_values,
    grids,
    held_texts,
    integers,
    list_changes,
    list_folds,
    list_measures,
    list_neighbours,
    list_order,
    matrices,
    matrix_values,
    number_sequences,
    number_theory,
    order_measures,
    pair_lists,
    pairs,
    parsing,
    parsing_codes,
    parsing_expressions,
    recursion,
    recursive_lists,
    recursive_numbers,
    refusals,
    rescues,
    searching,
    sequences,
    sets,
    simulation,
    simulation_growth,
    simulation_lists,
    sorting,
    states,
    string_pieces,
    strings,
    word_lists,
    word_order,
    word_tables,
)
from hornbook.synthesis.curriculum.formats import reads_format
from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Form, Operation
from hornbook.synthesis.curriculum.redundant import REDUNDANT_PAIRS

BEGINNINGS = (Form.GUARD, Form.STATE)
"""Forms that only ever begin a chain."""


@dataclass(frozen=True)
class World:
    """The operations by name, in a fixed order, with the tables of what may stand beside what."""

    operations: Mapping[str, Operation]
    followers: Mapping[str, tuple[str, ...]]
    leaders: Mapping[str, tuple[str, ...]]

    @property
    def families(self) -> tuple[Family, ...]:
        """The families that have an operation, in their fixed order."""
        present = {operation.family for operation in self.operations.values()}
        return tuple(family for family in Family if family in present)


def build_world(course: Course = Course.WHOLE, hardest: int = LEVELS[-1]) -> World:
    """Collect the operations of all families, as far as the course teaches them, none more difficult than `hardest`.

    Raises:
        ValueError: Two operations have the same name.
    """
    modules = (
        integers,
        number_theory,
        digits,
        conditions,
        list_changes,
        list_order,
        list_neighbours,
        list_folds,
        list_measures,
        strings,
        characters,
        string_pieces,
        word_lists,
        word_order,
        word_tables,
        dictionaries,
        grids,
        grid_values,
        recursion,
        sets,
        pairs,
        pair_lists,
        generators,
        sequences,
        states,
        held_texts,
        refusals,
        rescues,
        parsing,
        parsing_codes,
        parsing_expressions,
        simulation,
        simulation_lists,
        simulation_growth,
        recursive_numbers,
        recursive_lists,
        factors,
        number_sequences,
        bits,
        bit_measures,
        bit_lists,
        clocks,
        durations,
        calendars,
        day_counts,
        matrices,
        matrix_values,
        sorting,
        searching,
        order_measures,
    )
    known = [with_level(operation) for module in modules for operation in module.operations()]
    listed = [
        item
        for item in known
        if item.difficulty <= hardest and (course is Course.WHOLE or item.name in FIRST_OPERATIONS)
    ]
    operations = {operation.name: operation for operation in listed}
    if len(operations) != len(listed):
        raise ValueError("two operations have the same name")
    taking: dict[Kind, list[Operation]] = {}
    for operation in listed:
        taking.setdefault(operation.takes, []).append(operation)
    followers = {
        first.name: tuple(second.name for second in taking.get(first.gives, ()) if may_follow(first, second))
        for first in listed
    }
    leaders: dict[str, list[str]] = {operation.name: [] for operation in listed}
    for name, following in followers.items():
        for follower in following:
            leaders[follower].append(name)
    return World(operations, followers, {name: tuple(leading) for name, leading in leaders.items()})


def may_follow(first: Operation, second: Operation) -> bool:
    """Whether `second` can stand directly behind `first`: kinds fit, and the pair is not pointless on its face."""
    if first.last or first.gives != second.takes or first.name == second.name:
        return False
    if second.form in BEGINNINGS or (first.form in BEGINNINGS and second.form is Form.YIELD):
        return False
    if first.group and first.group == second.group:
        return False
    if first.adds & second.avoids or (first.name, second.name) in REDUNDANT_PAIRS:
        return False
    if not reads_format(second.needs, first.adds):
        return False
    return second.needs <= first.adds | first.keeps | first.needs


def properties_after(operation: Operation, before: frozenset[str]) -> frozenset[str]:
    """The properties of an operation's result, given those of its value."""
    return operation.adds | (operation.keeps & before)


def is_sensible(chain: tuple[Operation, ...], given: frozenset[str], *, by_name: bool = True) -> bool:
    """Whether a chain's kinds, groups and properties fit, starting from a value with the properties `given`.

    With `by_name` it is also looked at whether an operation returns, or a pair is redundant.
    """
    groups = [operation.group for operation in chain if operation.group]
    if len(set(groups)) != len(groups):
        return False
    if by_name and len({operation.name for operation in chain}) != len(chain):
        return False
    properties = given
    pairs = itertools.pairwise(chain) if by_name else ()
    if any((first.name, second.name) in REDUNDANT_PAIRS for first, second in pairs):
        return False
    if chain[0].form in BEGINNINGS and chain[-1].form is Form.YIELD:
        return False
    for place, operation in enumerate(chain):
        if place and (chain[place - 1].gives != operation.takes or operation.form in BEGINNINGS):
            return False
        if (place and chain[place - 1].last) or operation.avoids & properties or not operation.needs <= properties:
            return False
        if not reads_format(operation.needs, properties):
            return False
        properties = properties_after(operation, properties)
    return True


def required_properties(chain: tuple[Operation, ...]) -> frozenset[str]:
    """What the first value must be so that every operation's needs are met, as far as the first ones hand it on."""
    first = chain[0]
    required = set(first.needs)
    reachable = first.keeps
    for operation, before in zip(chain[1:], chain, strict=False):
        required |= {need for need in operation.needs if need not in before.adds and need in reachable}
        reachable = reachable & operation.keeps
    if "positive" in required:
        required.add("nonneg")
    if "square" in required:
        required.add("rect")
    return frozenset(required)
