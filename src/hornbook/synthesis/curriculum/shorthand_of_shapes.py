"""Short ways to write down the operations that begin or end a chain: generators, guards, methods of small classes."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Form, Operation, Parameter
from hornbook.synthesis.curriculum.shorthand import Texts

EVERYTHING = frozenset(
    (
        "nonneg", "positive", "even", "odd", "sorted", "distinct", "lower", "rect", "square", "small", "nonempty",
        "clock", "clocks", "duration", "isodate", "bits", "year", "month", "alike",
    )
)  # fmt: skip
"""All properties: what only looks at a value hands them on."""


def hand_out(
    name: str,
    takes: Kind,
    gives: Kind,
    *,
    loop: Texts,
    noun: Texts,
    frag: Texts,
    result: str,
    code: Texts = (),
    params: tuple[Parameter, ...] = (),
    needs: str = "",
    avoids: str = "",
    group: str = "",
    note: str = "",
    endless: bool = False,
    difficulty: int = 2,
) -> Operation:
    """The end of a generator: `loop` yields, as statements or, like a fold's, in parts around a loop over members."""
    return Operation(
        name=name,
        family=Family.GENERATORS,
        takes=takes,
        gives=gives,
        form=Form.YIELD,
        code=_texts(code),
        blocks=_texts(loop),
        nouns=_texts(noun),
        acts=(),
        fragments=_texts(frag),
        result=result,
        parameters=params,
        needs=frozenset(needs.split()),
        avoids=frozenset(avoids.split()),
        group=group,
        note=note,
        is_endless=endless,
        last=True,
        difficulty=difficulty,
    )


def refuse(
    name: str,
    kind: Kind,
    *,
    when: Texts,
    said: Texts,
    frag: Texts,
    messages: tuple[str, ...] = (),
    error: str = "ValueError",
    params: tuple[Parameter, ...] = (),
    adds: str = "",
    needs: str = "",
    difficulty: int = 2,
) -> Operation:
    """A guard: it raises `error` with one of `messages` when a condition holds; without messages it returns None."""
    message = (Parameter(name="m", kind=Kind.TEXT, choices=messages),) if messages else ()
    return Operation(
        name=name,
        family=Family.ERRORS,
        takes=kind,
        gives=kind,
        form=Form.GUARD,
        code=_texts(when),
        nouns=_texts(said),
        acts=(),
        fragments=_texts(frag),
        result="checked",
        parameters=(*params, *message),
        adds=frozenset(adds.split()),
        keeps=EVERYTHING,
        needs=frozenset(needs.split()),
        group=name,
        refusal=error if messages else "",
        difficulty=difficulty,
    )


def change_held(
    name: str,
    kind: Kind,
    gives: Kind,
    *,
    code: Texts,
    frag: Texts,
    act: Texts = (),
    block: Texts = (),
    state: str = "",
    noun: Texts = (),
    head: tuple[str, str] | None = None,
    result: str = "result",
    params: tuple[Parameter, ...] = (),
    adds: str = "",
    empty: tuple[str, str] | None = None,
    note: str = "",
    difficulty: int = 2,
) -> Operation:
    """A method of an object that holds a value: `code` is its answer and `state` what is held afterwards.

    Without `state` the answer is what is held afterwards. `block` does the same to `$x` where it is.
    """
    return Operation(
        name=name,
        family=Family.CLASSES,
        takes=kind,
        gives=gives,
        form=Form.STATE,
        code=_texts(code),
        blocks=_texts(block),
        nouns=_texts(noun) or ("$x",),
        acts=_texts(act),
        head=head,
        fragments=_texts(frag),
        result=result,
        parameters=params,
        adds=frozenset(adds.split()),
        state=state,
        empty=empty,
        note=note,
        difficulty=difficulty,
    )


def _texts(value: Texts) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
