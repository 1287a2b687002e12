"""Choose probes: a few inputs that many problems share, and whose outputs show which problems a function might solve.

Problems with arguments of the same kinds are a group with common probes. A probe speaks for a problem if it is one of
its inputs, or if its solution returns for it and it keeps the habits of its inputs (`python_code/habits.py`): outside
its domain two solutions may differ. Each problem gets probes that speak for it until they tell enough, so that the
number of a group's probes grows with how different its problems' inputs are, not with their number.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hornbook.decontamination.benchmark_inputs import Behaviour
from hornbook.python_code.habits import Habits, habits_of, look_at, num_broken
from hornbook.python_code.parameters import kind_texts
from hornbook.python_code.values import arguments_of, has_keywords
from hornbook.records import Problem
from hornbook.sandbox.jail_tasks import run_tasks
from hornbook.sandbox.probes.values import key_of
from hornbook.sandbox.program import Report, Sandbox

_POOL_SIZE = 48
"""Of a group: inputs on which all its solutions are run."""
_NUM_OWN = 6
"""Of a problem: inputs of its own that are probes where those of the pool do not speak for it."""
_MAX_CHARACTERS = 300
_ENOUGH = 2.0
_WEIGHT, _WEIGHT_OF_TRIVIAL = 1.0, 0.4
_COMMON_SHARE = 0.15
"""Of a group's problems: an output that more of them have tells less."""
_TRIVIAL = frozenset({"None", "True", "False", "0", "1", "[]", "''", "{}", "<>"})
_BATCH_SIZE = 20

_SOLUTION_SECONDS = 0.1
"""Of a call. Records have less (`sandbox/probes/probes.py`): were it the same, a solution that takes about as long
would be chosen for a probe one time and not the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """An input, and the outputs of a group's solutions for it. Sets of problems are bits of an integer."""

    text: str
    """Argument list as Python source."""
    speaks_for: int
    proves: int
    """The problems for which the probe speaks and one other output rules a function out."""
    problems_by_key: Mapping[str, int]
    """For each key of an output the problems that return it, of those for which the probe speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeGroup:
    """Problems with arguments of the same kinds."""

    kinds: tuple[str, ...]
    problems: int
    probes: tuple[Probe, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A problem of a group, with the inputs that can be probes."""

    place: int
    problem: Problem
    texts: tuple[str, ...]
    proving: frozenset[str]
    rows: tuple[list[Any], ...]
    habits: Habits


def choose_probes(
    behaviours: Sequence[Behaviour],
    num_proving: Sequence[int],
    places: Iterable[int],
    sandbox: Sandbox,
) -> tuple[ProbeGroup, ...]:
    """Group the problems, run their solutions on inputs of the group, and choose.

    Args:
        behaviours: Of all problems.
        num_proving: For each how many of its inputs, the first ones, no function may answer in another way.
        places: Indices of those that are to be found.
        sandbox: Entered.

    Returns:
        The groups, in the order of their first problems. Deterministic as far as the solutions are.

    Raises:
        SandboxError: The sandbox broke down.
    """
    groups: dict[tuple[str, ...], list[_Asked]] = {}
    for place in places:
        asked = _asked(place, behaviours[place], num_proving[place])
        if asked is not None:
            groups.setdefault(kind_texts(asked.rows), []).append(asked)
    tried = [_tried(members) for members in groups.values()]
    tasks = [
        _task(asked, [*own, *(text for text in pool if text not in own)])
        for members, (pool, owns) in zip(groups.values(), tried, strict=True)
        for asked, own in zip(members, owns, strict=True)
    ]
    answers = run_tasks("probes", tasks, sandbox, batch_size=_BATCH_SIZE)
    keys = iter([_keys(task["groups"][0]["probes"], answer) for task, answer in zip(tasks, answers, strict=True)])
    return tuple(_group(kinds, members, list(islice(keys, len(members)))) for kinds, members in groups.items())


def look_up(group: ProbeGroup, results: Sequence[str | bool | None]) -> tuple[int, int]:
    """The problems that a function may solve by its results, and those that it does not, as bits.

    A wrong result on an input that proves is one too many. One on another input is not, but half of the results must be
    right.
    """
    right, wrong, differing = ([-1] + [0] * len(results) for _ in range(3))
    proven_wrong = proven_differing = 0
    for probe, key in zip(group.probes, results, strict=False):
        if key is False:
            continue
        same = probe.problems_by_key.get(key, 0) if isinstance(key, str) else 0
        other = probe.speaks_for & ~same
        _count(right, same)
        _count(wrong, other)
        proven_wrong |= probe.proves & other
        if key is not None:
            _count(differing, other)
            proven_differing |= probe.proves & other
    survivors = 0
    for number in range(1, len(results) + 1):
        too_many = wrong[number + 1] if number < len(results) else 0
        survivors |= right[number] & ~too_many
    survivors &= ~proven_wrong
    return survivors, (proven_differing | (differing[2] if len(results) > 1 else 0)) & ~survivors


def bits(problems: int) -> Iterator[int]:
    """The indices of a set of problems."""
    while problems:
        bit = problems & -problems
        yield bit.bit_length() - 1
        problems ^= bit


def _asked(place: int, behaviour: Behaviour, num_proving: int) -> _Asked | None:
    """The problem with those of its inputs that have the most common number of arguments and no keywords."""
    read = [
        (text, arguments_of(text))
        for text in behaviour.inputs
        if len(text) <= _MAX_CHARACTERS and not has_keywords(text)
    ]
    numbers = Counter(len(row) for _, row in read)
    if not numbers:
        return None
    [(number, _)] = numbers.most_common(1)
    kept = [(text, row) for text, row in read if len(row) == number]
    rows = tuple(row for _, row in kept)
    proving = frozenset(behaviour.inputs[:num_proving])
    return _Asked(
        place, behaviour.problem, tuple(text for text, _ in kept), proving, rows, habits_of(list(map(look_at, rows)))
    )


def _tried(members: Sequence[_Asked]) -> tuple[list[str], list[list[str]]]:
    """The pool of a group, taken in turns from its problems, and each problem's own; middling lengths first."""
    owns = []
    for asked in members:
        middle = sorted(map(len, asked.texts))[len(asked.texts) // 2]
        owns.append(sorted(asked.texts, key=lambda text, middle=middle: abs(len(text) - middle))[:_NUM_OWN])  # type: ignore[misc]
    pool: dict[str, None] = {}
    for turn in range(_NUM_OWN):
        for own in owns:
            if turn < len(own) and len(pool) < _POOL_SIZE:
                pool[own[turn]] = None
    return list(pool), owns


def _task(asked: _Asked, texts: list[str]) -> dict[str, Any]:
    kinds = ["any"] * len(asked.rows[0])
    return {
        "modules": [asked.problem.prompt + asked.problem.canonical_solution],
        "only": asked.problem.entry_point,
        "reorder": False,
        "groups": [{"kinds": kinds, "probes": texts}],
        "call_seconds": _SOLUTION_SECONDS,
    }


def _keys(texts: Sequence[str], answer: Any) -> dict[str, str]:
    """What a solution gives, where it returns."""
    if isinstance(answer, Report) or not answer["runs"]:
        return {}
    [[*_, results]] = answer["runs"]
    return {text: key for text, key in zip(texts, results, strict=False) if isinstance(key, str)}


def _group(kinds: tuple[str, ...], members: Sequence[_Asked], seen: Sequence[Mapping[str, str]]) -> ProbeGroup:
    texts = dict.fromkeys(text for keys in seen for text in keys)
    candidates = [_probe(text, members, seen) for text in texts]
    problems = sum(1 << asked.place for asked in members)
    return ProbeGroup(kinds=kinds, problems=problems, probes=_choose(candidates, [one.place for one in members]))


def _probe(text: str, members: Sequence[_Asked], seen: Sequence[Mapping[str, str]]) -> Probe:
    looks = look_at(arguments_of(text))
    proves = speaks_for = 0
    problems_by_key: dict[str, int] = {}
    for asked, keys in zip(members, seen, strict=True):
        if text not in keys:
            continue
        if text in asked.texts or not num_broken(looks, asked.habits):
            bit = 1 << asked.place
            speaks_for |= bit
            proves |= bit if text in asked.proving else 0
            problems_by_key[keys[text]] = problems_by_key.get(keys[text], 0) | bit
    return Probe(text=text, speaks_for=speaks_for, proves=proves, problems_by_key=problems_by_key)


def _choose(candidates: Sequence[Probe], places: Sequence[int]) -> tuple[Probe, ...]:
    """Take the probe that tells most that is still to be told, until enough is told of each problem."""
    weights = [_weights(probe, len(places)) for probe in candidates]
    needs = dict.fromkeys(places, _ENOUGH)
    left = set(range(len(candidates)))
    chosen: list[Probe] = []
    while left:
        gains = {number: sum(min(weight, needs[place]) for place, weight in weights[number].items()) for number in left}
        best = max(left, key=lambda number: (gains[number], -number))
        if gains[best] < 1e-6:
            break
        left.remove(best)
        chosen.append(candidates[best])
        for place, weight in weights[best].items():
            needs[place] = max(0.0, needs[place] - weight)
    return tuple(chosen)


def _weights(probe: Probe, num_problems: int) -> dict[int, float]:
    """How much the probe tells of each problem for which it speaks."""
    trivial = _TRIVIAL | {key_of(one) for one in arguments_of(probe.text)}
    weights: dict[int, float] = {}
    for key, problems in probe.problems_by_key.items():
        number = problems.bit_count()
        is_common = number > max(1.0, _COMMON_SHARE * num_problems)
        weight = _WEIGHT_OF_TRIVIAL if key in trivial or is_common else _WEIGHT
        weights.update(dict.fromkeys(bits(problems), weight))
    return weights


def _count(at_least: list[int], problems: int) -> None:
    """Count once more for each of the problems; entry n has those with a count of at least n."""
    for number in range(len(at_least) - 1, 0, -1):
        at_least[number] |= at_least[number - 1] & problems
