"""Short ways to write an operation down, one per form: the family files are tables made of these calls."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Form, Operation, Parameter

Texts = str | tuple[str, ...]


def change_each(
    name: str,
    family: Family,
    takes: Kind,
    gives: Kind,
    *,
    code: Texts,
    noun: Texts,
    act: Texts,
    frag: Texts,
    result: str,
    params: tuple[Parameter, ...] = (),
    needs: str = "",
    adds: str = "",
    keeps: str = "",
    avoids: str = "",
    group: str = "",
    note: str = "",
    difficulty: int = 2,
) -> Operation:
    """An operation on each member (`$v`) of a list; the list keeps its length and order."""
    return Operation(
        name=name,
        family=family,
        takes=takes,
        gives=gives,
        form=Form.MAP,
        code=_texts(code),
        nouns=_texts(noun),
        acts=_texts(act),
        fragments=_texts(frag),
        result=result,
        parameters=params,
        needs=_tags(needs),
        adds=_tags(adds),
        keeps=_tags(keeps),
        avoids=_tags(avoids),
        group=group,
        note=note,
        difficulty=difficulty,
    )


def keep(
    name: str,
    family: Family,
    kind: Kind,
    *,
    code: Texts,
    clause: Texts,
    frag: Texts,
    result: str,
    drop: Texts = (),
    adjective: str = "",
    params: tuple[Parameter, ...] = (),
    needs: str = "",
    adds: str = "",
    avoids: str = "",
    group: str = "",
    note: str = "",
    difficulty: int = 2,
) -> Operation:
    """A filter: it keeps the members (`$v`) for which the condition holds; `drop` is a clause for the others."""
    acts = [f"keep only {{those}} {text}" for text in _texts(clause)]
    acts += [f"keep only the {adjective} {{ones}}"] if adjective else []
    acts += [f"remove {{those}} {text}" for text in _texts(drop)]
    return Operation(
        name=name,
        family=family,
        takes=kind,
        gives=kind,
        form=Form.FILTER,
        code=_texts(code),
        nouns=(),
        acts=tuple(acts),
        adjective=adjective,
        clauses=_texts(clause),
        fragments=_texts(frag),
        result=result,
        parameters=params,
        needs=_tags(needs),
        adds=_tags(adds),
        keeps=_tags("nonneg positive even odd sorted distinct lower rect square small clocks"),
        avoids=_tags(avoids),
        group=group,
        note=note,
        difficulty=difficulty,
    )


def fold(
    name: str,
    family: Family,
    takes: Kind,
    gives: Kind,
    *,
    code: Texts = (),
    noun: Texts,
    frag: Texts,
    result: str,
    loop: Texts = (),
    act: Texts = (),
    params: tuple[Parameter, ...] = (),
    adds: str = "",
    keeps: str = "",
    needs: str = "",
    avoids: str = "",
    group: str = "",
    empty: tuple[str, str] | None = None,
    note: str = "",
    difficulty: int = 2,
    last: bool = False,
) -> Operation:
    """An operation that reads the members one after the other and ends with one value."""
    return Operation(
        name=name,
        family=family,
        takes=takes,
        gives=gives,
        form=Form.FOLD,
        code=_texts(code),
        blocks=_texts(loop),
        nouns=_texts(noun),
        acts=_texts(act),
        fragments=_texts(frag),
        result=result,
        parameters=params,
        needs=_tags(needs),
        adds=_tags(adds),
        keeps=_tags(keeps),
        avoids=_tags(avoids),
        group=group,
        empty=empty,
        note=note,
        difficulty=difficulty,
        last=last,
    )


def whole(
    name: str,
    family: Family,
    takes: Kind,
    gives: Kind,
    *,
    code: Texts = (),
    noun: Texts,
    act: Texts = (),
    frag: Texts,
    result: str,
    block: Texts = (),
    params: tuple[Parameter, ...] = (),
    head: tuple[str, str] | None = None,
    needs: str = "",
    adds: str = "",
    keeps: str = "",
    avoids: str = "",
    group: str = "",
    empty: tuple[str, str] | None = None,
    note: str = "",
    difficulty: int = 2,
    last: bool = False,
    longest: int = 0,
) -> Operation:
    """An operation on the value as one piece."""
    return Operation(
        name=name,
        family=family,
        takes=takes,
        gives=gives,
        form=Form.WHOLE,
        code=_texts(code),
        blocks=_texts(block),
        nouns=_texts(noun),
        acts=_texts(act),
        head=head,
        fragments=_texts(frag),
        result=result,
        parameters=params,
        needs=_tags(needs),
        adds=_tags(adds),
        keeps=_tags(keeps),
        avoids=_tags(avoids),
        group=group,
        empty=empty,
        note=note,
        difficulty=difficulty,
        last=last,
        longest=longest,
    )


def count(name: str, *choices: int, argument: str = "") -> Parameter:
    """A whole-number parameter; with names in `argument` it may be handed to the function instead."""
    return Parameter(name=name, choices=choices, argument_names=tuple(argument.split()))


def letter(name: str, choices: str, *, argument: str = "") -> Parameter:
    """A parameter that is a single character, one of `choices`."""
    return Parameter(name=name, kind=Kind.TEXT, choices=tuple(choices), argument_names=tuple(argument.split()))


def other(name: str, kind: Kind, argument: str, *, needs: str = "") -> Parameter:
    """A second value that the function always receives as an argument; `needs` are the properties it must have."""
    return Parameter(name=name, kind=kind, argument_names=tuple(argument.split()), properties=_tags(needs))


def _texts(value: Texts) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _tags(value: str) -> frozenset[str]:
    return frozenset(value.split())
