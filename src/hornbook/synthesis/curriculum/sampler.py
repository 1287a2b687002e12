"""Draw tasks: compositions that make sense, their constants, their arguments; training and held-out kept apart."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from hornbook.synthesis.curriculum.formats import format_of
from hornbook.synthesis.curriculum.kinds import WORDS_OF_KIND, Kind
from hornbook.synthesis.curriculum.operation import Form, Operation, Parameter
from hornbook.synthesis.curriculum.owners import owners_of
from hornbook.synthesis.curriculum.task import Argument, Step, Task
from hornbook.synthesis.curriculum.world import World, is_sensible, required_properties

Composition = tuple[str, ...]
LENGTHS = (1, 2, 3)


TEXTBOOK_SHARE = 0.1
"""Share of all pairs that textbooks may show, whatever is held out."""


def is_shown_in_textbooks(composition: Composition) -> bool:
    """Whether a composition is one of the pairs that textbooks may show; no split holds one of them out."""
    digest = hashlib.sha256(f"textbook:{'>'.join(composition)}".encode()).digest()
    return len(composition) == 2 and int.from_bytes(digest[:8], "big") < TEXTBOOK_SHARE * 2**64


@dataclass(frozen=True)
class Split:
    """Which compositions are held out, as a pure function of the seed."""

    seed: int
    held_out_share: float
    known: dict[Composition, bool] = field(default_factory=dict, compare=False, repr=False)
    """Answers given before."""

    def is_drawn(self, composition: Composition) -> bool:
        """Whether exactly this composition is held out; those of a single operation or in textbooks never are."""
        if len(composition) < 2:
            return False
        if composition not in self.known:
            digest = hashlib.sha256(f"{self.seed}:{'>'.join(composition)}".encode()).digest()
            is_low = int.from_bytes(digest[:8], "big") < self.held_out_share * 2**64
            self.known[composition] = is_low and not is_shown_in_textbooks(composition)
        return self.known[composition]

    def touches(self, composition: Composition) -> bool:
        """Whether the composition, or any run of neighbours in it, is held out: then training may not have it."""
        return any(
            self.is_drawn(composition[start:end])
            for start in range(len(composition) - 1)
            for end in range(start + 2, len(composition) + 1)
        )


def compositions(world: World, max_length: int = 3) -> Iterator[Composition]:
    """Every sensible composition of up to `max_length` operations, in a fixed order."""
    chains: list[Composition] = [(name,) for name in world.operations]
    for _ in range(max_length):
        longer: list[Composition] = []
        for chain in chains:
            parts = tuple(world.operations[name] for name in chain)
            if not is_sensible(parts, required_properties(parts)):
                continue
            yield chain
            longer.extend((*chain, follower) for follower in world.followers[chain[-1]])
        chains = longer


def draw_composition(world: World, length: int, around: str, rng: random.Random) -> tuple[Operation, ...] | None:
    """A sensible composition of `length` operations that contains `around`; none if the draw led nowhere."""
    before = rng.randrange(length)
    chain = [around]
    for _ in range(before):
        leaders = world.leaders[chain[0]]
        if not leaders:
            break
        chain.insert(0, rng.choice(leaders))
    while len(chain) < length:
        followers = world.followers[chain[-1]]
        if not followers:
            break
        chain.append(rng.choice(followers))
    operations = tuple(world.operations[name] for name in chain)
    return operations if is_sensible(operations, required_properties(operations)) else None


def bind(operations: tuple[Operation, ...], rng: random.Random) -> Task:
    """Give a composition its constants and arguments, and the arguments their names."""
    first = operations[0]
    taken: list[str] = []
    avoided = frozenset[str]().union(*(operation.local_names for operation in operations))
    properties = required_properties(operations)
    named = format_of(first.takes, properties) or WORDS_OF_KIND[first.takes]
    owner = rng.choice(owners_of(first.takes)) if first.form is Form.STATE else None
    name = owner.held if owner else _fresh(named.argument_names, taken, avoided, rng)
    arguments = [Argument(name, first.takes, properties)]
    steps = []
    for operation in operations:
        literals: list[tuple[str, int | str]] = []
        names: list[tuple[str, str]] = []
        for parameter in operation.parameters:
            if _is_argument(parameter, len(arguments), rng):
                argument_name = _fresh(parameter.argument_names, taken, avoided, rng)
                names.append((parameter.name, argument_name))
                arguments.append(Argument(argument_name, parameter.kind, parameter.properties, parameter))
            else:
                literals.append((parameter.name, rng.choice(parameter.choices)))
        steps.append(Step(operation, tuple(literals), tuple(names)))
    return Task(tuple(arguments), tuple(steps), owner)


def _is_argument(parameter: Parameter, num_arguments: int, rng: random.Random) -> bool:
    if not parameter.choices:
        return True
    return bool(parameter.argument_names) and num_arguments < 2 and rng.random() < 0.2


def _fresh(names: tuple[str, ...], taken: list[str], avoided: frozenset[str], rng: random.Random) -> str:
    free = [name for name in names if name not in taken and name not in avoided]
    chosen = rng.choice(free) if free else f"{names[0]}_{len(taken)}"
    taken.append(chosen)
    return chosen


def is_rich_enough(task: Task) -> bool:
    """Whether the function stays readable: at most three arguments."""
    return len(task.arguments) <= 3 and task.arguments[0].kind is not Kind.FLAG
