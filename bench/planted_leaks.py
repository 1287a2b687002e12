"""Leaks of a benchmark's problems, made of them by rule, to see which of them a decontamination finds.

Reads:  problems with their solutions and tests.
Writes: texts that each give one problem away, in five ways; each passes its problem's own test.

Nothing of a benchmark stands here: every leak is made when it is asked for. What is restructured is kept only if its
plain syntax tree is far from the solution's, so these leaks are hard for trees by choice.
"""

import ast
import itertools
import random
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hornbook.decontamination.functions import parse
from hornbook.decontamination.syntax_trees import match_rate, tree_of
from hornbook.records import Outcome, Problem
from hornbook.sandbox.program import Program, Sandbox

MOST_SHARED_WORDS = 7
"""In a row, of a reworded docstring and its original."""
MOST_MATCH_RATE = 0.8
"""Of a restructured function's syntax tree and its original's. Source: the least rate of the paper's table 3."""
FEWEST_WORDS = 8
"""Of a reworded docstring."""

_EXAMPLE = re.compile(r">>>|\bexamples?\b|\be\.g|==|=>|->|➞|^\s*(?:input|output)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.;:!?])\s+")
_SYNONYMS = """
a=some all=every an=some any=some_one array=sequence begin=start between=from_within both=the_two
calculate=work_out character=letter characters=letters check=test compute=work_out consider=think_of contain=hold
containing=holding contains=holds convert=turn count=tally create=make decimal=base-ten dictionary=mapping
different=distinct digit=figure digits=figures element=entry elements=entries empty=void equal=the_same
even=divisible_by_two every=each find=look_for first=leading for=to_do_with from=out_of function=routine
given=supplied greater=larger if=whenever implement=write in=within input=argument integer=whole_number
integers=whole_numbers largest=greatest last=final length=size less=smaller list=sequence lists=sequences
maximum=greatest minimum=least must=has_to negative=below_zero non-negative=not_below_zero none=nothing not=never
numbers=numerals odd=uneven one=a_single only=just or=or_else order=sequence otherwise=else output=result
parentheses=brackets positive=above_zero program=piece_of_code remove=take_out result=outcome return=give_back
returned=given_back returns=gives_back same=equal second=next should=ought_to smallest=least sort=arrange
sorted=arranged starting=beginning string=text strings=texts substring=piece take=accept takes=accepts task=job
that=which the=this up=upwards using=by_means_of value=quantity values=quantities where=in_which which=that
whose=with_its with=having without=lacking word=term words=terms write=develop you=one your=the
"""
_FILLER = "here"
_OWN_DOCSTRINGS = ("Do the work and hand back what comes of it.", "Work on what is passed in.", "Answer the caller.")
_VERBS = ("handle", "process", "treat", "tackle", "serve")
_NOUNS = """
amber anchor apple arrow basket beacon birch bottle branch brook button candle carrot castle cedar copper cotton desert
dragon ember falcon feather ferry garden ginger hammer harbor hazel island ivory jacket kettle ladder lantern lemon
"""


class LeakKind(StrEnum):
    """How a problem is given away."""

    VERBATIM = "verbatim"
    """The prompt with the canonical solution."""
    RENAMED = "renamed"
    """The same with other names and no comments; the docstring stays."""
    REWORDED = "reworded"
    """Other names, and a docstring in other words, its sentences in another order and without examples."""
    CODE_ONLY = "code only"
    """Other names, and a docstring that says nothing."""
    RESTRUCTURED = "restructured"
    """Reworded, with the code in another idiom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedLeak:
    """A text that gives a problem away."""

    task_id: str
    kind: LeakKind
    text: str
    """A module."""
    entry_point: str
    """The function that solves the problem."""


def plant_leaks(problems: Sequence[Problem], num_of_each: int, seed: int, sandbox: Sandbox) -> list[PlantedLeak]:
    """So many leaks of each kind, by kind, all of different problems: a pure function of the problems and `seed`.

    A problem of which no leak of a kind can be made, or whose leak does not pass its test, is left to the other kinds.

    Raises:
        ValueError: There are too few problems.
        SandboxError: The sandbox broke down.
    """
    waiting = list(problems)
    random.Random(seed).shuffle(waiting)
    leaks: list[PlantedLeak] = []
    for kind in LeakKind:
        unfit: list[Problem] = []
        wanted = len(leaks) + num_of_each
        while len(leaks) < wanted:
            if not waiting:
                raise ValueError(f"there are too few problems for {num_of_each} leaks of the kind `{kind}`")
            problem = waiting.pop(0)
            leak = leak_of(problem, kind, random.Random(f"{seed}:{kind}:{problem.task_id}"))
            if leak is not None and passes(leak, problem, sandbox):
                leaks.append(leak)
            else:
                unfit.append(problem)
        waiting = [*unfit, *waiting]
    return leaks


def leak_of(problem: Problem, kind: LeakKind, chance: random.Random) -> PlantedLeak | None:
    """A leak, not yet tested; None where the problem has no docstring to reword, or no other idiom was found."""
    source = problem.prompt + problem.canonical_solution
    if kind is LeakKind.VERBATIM:
        return PlantedLeak(task_id=problem.task_id, kind=kind, text=source, entry_point=problem.entry_point)
    module = parse(source)
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)] if module is not None else []
    if module is None or problem.entry_point not in {function.name for function in functions}:
        return None
    if not all(_rewrite(function, kind, chance) for function in functions):
        return None
    names = new_names(module, chance)
    _Renaming(names).visit(module)
    text, own = ast.unparse(ast.fix_missing_locations(module)) + "\n", names[problem.entry_point]
    if kind is not LeakKind.RENAMED and "_" in problem.entry_point:  # Without, it may be a word of the docstring.
        text = re.sub(rf"\b{problem.entry_point}\b", own, text, flags=re.IGNORECASE)
    return PlantedLeak(task_id=problem.task_id, kind=kind, text=text, entry_point=own)


def passes(leak: PlantedLeak, problem: Problem, sandbox: Sandbox) -> bool:
    """Whether the leak's function passes the problem's test."""
    [report] = sandbox.run([Program(f"{leak.text}\n{problem.test}\ncheck({leak.entry_point})\n")])
    return report.outcome is Outcome.PASSED


def reworded(docstring: str) -> str:
    """The docstring in other words: at most `MOST_SHARED_WORDS` in a row stay; empty where it says nothing."""
    size = MOST_SHARED_WORDS + 1
    runs = runs_of(words_of(docstring), size)
    lines = itertools.takewhile(lambda line: not _EXAMPLE.search(line), docstring.strip().splitlines())
    sentences = _SENTENCE_END.split(" ".join(" ".join(lines).split()))
    synonyms = dict(pair.split("=") for pair in _SYNONYMS.split())
    written: list[str] = []
    said: list[str] = []
    for token in " ".join(one[:1].upper() + one[1:] for one in reversed(sentences)).split():
        other = _other_word(token, synonyms)
        words = words_of(other)
        if runs & runs_of([*said[1 - size :], *words], size):
            written.append(_FILLER)
            said.append(_FILLER)
        written.append(other)
        said += words
    return textwrap.fill(" ".join(written)) if len(written) >= FEWEST_WORDS else ""


def words_of(text: str) -> list[str]:
    """Its words in lower case."""
    return re.findall(r"\w+", text.lower())


def runs_of(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    """All runs of so many words."""
    return set(zip(*(words[start:] for start in range(size)), strict=False))


def new_names(module: ast.Module, chance: random.Random) -> dict[str, str]:
    """A new name for all that the module binds but its imports, by the old one; none of them occurs in it."""
    bound: dict[str, None] = {}
    for node in ast.walk(module):
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.arg(arg=name)
                | ast.Name(id=name, ctx=ast.Store())
                | ast.ExceptHandler(name=str(name))
            ):
                bound[name] = None
    taken = bound.keys() | {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    free = [noun for noun in _NOUNS.split() if noun not in taken]
    chance.shuffle(free)
    functions = {node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
    fresh = itertools.chain(free, (f"{noun}_{number}" for number in itertools.count(2) for noun in free))
    return {name: f"{chance.choice(_VERBS)}_{next(fresh)}" if name in functions else next(fresh) for name in bound}


def in_another_idiom(function: ast.FunctionDef) -> None:
    """Write a function's body in another way, in place: comprehensions and loops, `for` as `while`, temporaries.

    What it computes stays the same but for the order of evaluation and what is evaluated late: test it.
    """
    function.body = _Idioms().block(function.body)
    _Mirror().visit(function)
    ast.fix_missing_locations(function)


def _rewrite(function: ast.FunctionDef, kind: LeakKind, chance: random.Random) -> bool:
    """Whether the function could be brought to its form, names aside."""
    has_docstring = ast.get_docstring(function) is not None
    docstring = ast.get_docstring(function, clean=False) or ""
    if kind in (LeakKind.REWORDED, LeakKind.RESTRUCTURED):
        docstring = textwrap.indent(reworded(docstring), "    ").strip()
        if not docstring:
            return False
    if kind is LeakKind.CODE_ONLY:
        docstring = chance.choice(_OWN_DOCSTRINGS)
    function.body = function.body[has_docstring:]
    if kind is LeakKind.RESTRUCTURED:
        before = tree_of(function)
        in_another_idiom(function)
        if match_rate(before, tree_of(function)) >= MOST_MATCH_RATE:
            return False
    if docstring:
        function.body.insert(0, ast.Expr(ast.Constant(docstring)))
    return True


def _other_word(token: str, synonyms: dict[str, str]) -> str:
    """The synonym of a word, with the marks around it."""
    match = re.fullmatch(r"(\W*)([\w-]+)(\W*)", token)
    if match is None:
        return token
    before, word, after = match.groups()
    other = synonyms[word.lower()].replace("_", " ") if word.lower() in synonyms else word
    return f"{before}{other[0].upper() + other[1:] if word[0].isupper() else other}{after}"


class _Renaming(ast.NodeTransformer):
    """Gives bound names their new names, keywords of own functions included."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        match node:
            case ast.Name():
                node.id = self._names.get(node.id, node.id)
            case ast.arg():
                node.arg = self._names[node.arg]
            case ast.FunctionDef() | ast.ExceptHandler(name=str()):
                node.name = self._names[str(node.name)]
            case ast.Nonlocal() | ast.Global():
                node.names = [self._names.get(name, name) for name in node.names]
            case ast.Call(func=ast.Name(id=name)) if name in self._names:
                for keyword in node.keywords:
                    keyword.arg = self._names.get(keyword.arg, keyword.arg) if keyword.arg is not None else None
        return super().generic_visit(node)


class _Mirror(ast.NodeTransformer):
    """Turns comparisons round: `a < b` becomes `b > a`."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _MIRRORED:
                return ast.Compare(left=right, ops=[_MIRRORED[type(op)]()], comparators=[left])
        return node


_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
}


class _Idioms:
    """Rewrites blocks of statements; names that it makes up are unlike any that people write."""

    def __init__(self) -> None:
        self._fresh = (f"made_up_{number}" for number in itertools.count())

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """A new block that does the same."""
        return [new for statement in self._gathered(statements) for new in self._statement(statement)]

    def _gathered(self, statements: list[ast.stmt]) -> Iterator[ast.stmt]:
        """The statements, a list that a loop appends to as a comprehension."""
        index = 0
        while index < len(statements):
            both = statements[index : index + 2]
            match both:
                case [ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=[])), ast.For(orelse=[]) as loop]:
                    gathered = _appended(loop, name)
                    if gathered is not None:
                        yield ast.Assign([ast.Name(name, ast.Store())], _Kept(gathered))
                        index += 2
                        continue
            yield both[0]
            index += 1

    def _statement(self, statement: ast.stmt) -> list[ast.stmt]:
        match statement:
            case ast.Assign(value=_Kept(value=value)):
                statement.value = value
                return [statement]
            case ast.For(orelse=[]):
                return self._counted(statement)
            case ast.If(orelse=[_, *_]):
                branches = self.block(statement.orelse), self.block(statement.body)
                return [ast.If(_negated(statement.test), *branches)]
            case ast.Return(value=ast.IfExp(test=test, body=body, orelse=orelse)):
                first, second = ast.Return(body), ast.Return(orelse)
                return [ast.If(test, self._statement(first), []), *self._statement(second)]
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Name | ast.Constant):
                name = next(self._fresh)
                assigned = ast.Assign([ast.Name(name, ast.Store())], value)
                return [*self._statement(assigned), ast.Return(ast.Name(name, ast.Load()))]
            case ast.Assign():
                hoisting = _Hoisting(self._fresh)
                statement.value = hoisting.visit(statement.value)
                return [*hoisting.before, statement]
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                total = ast.BinOp(ast.Name(name, ast.Load()), op, value)
                return [ast.Assign([ast.Name(name, ast.Store())], total)]
        for field in ("body", "orelse", "finalbody"):
            if getattr(statement, field, None):
                setattr(statement, field, self.block(getattr(statement, field)))
        return [statement]

    def _counted(self, loop: ast.For) -> list[ast.stmt]:
        """A `for` as a `while` over places. The place moves on first, so that `continue` keeps its meaning."""
        items, place = next(self._fresh), next(self._fresh)
        head = ast.parse(
            f"{items} = list({ast.unparse(loop.iter)})\n{place} = 0\nwhile {place} < len({items}):\n"
            f"    {ast.unparse(loop.target)} = {items}[{place}]\n    {place} = {place} + 1\n"
        ).body
        around = head[-1]
        assert isinstance(around, ast.While)
        around.body += self.block(loop.body)
        return head


class _Kept(ast.expr):
    """An expression that has its idiom already."""

    _fields = ("value",)
    value: ast.expr

    def __init__(self, value: ast.expr) -> None:
        super().__init__()
        self.value = value


class _Hoisting(ast.NodeTransformer):
    """Replaces comprehensions by lists, sets and dictionaries that loops before the statement fill."""

    def __init__(self, fresh: Iterator[str]) -> None:
        self._fresh = fresh
        self.before: list[ast.stmt] = []

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Lambda | ast.IfExp | ast.BoolOp):
            return node
        super().generic_visit(node)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
            return self._filled(node)
        return node

    def _filled(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp) -> ast.AST:
        name = next(self._fresh)
        empty = {ast.SetComp: "set()", ast.DictComp: "{}"}.get(type(node), "[]")
        if isinstance(node, ast.DictComp):
            filling = f"{name}[{ast.unparse(node.key)}] = {ast.unparse(node.value)}"
        else:
            filling = f"{name}.{'add' if empty == 'set()' else 'append'}({ast.unparse(node.elt)})"
        body = ast.parse(filling).body
        for generator in reversed(node.generators):
            for test in reversed(generator.ifs):
                body = [ast.If(test, body, [])]
            body = [ast.For(generator.target, generator.iter, body, [])]
        self.before += [*ast.parse(f"{name} = {empty}").body, *body]
        return ast.Name(name, ast.Load())


def _appended(loop: ast.For, name: str) -> ast.ListComp | None:
    """The comprehension that says the same as a loop which does nothing but append to a list of this name."""
    tests: list[ast.expr] = []
    body = loop.body
    while len(body) == 1 and isinstance(body[0], ast.If) and not body[0].orelse:
        tests.append(body[0].test)
        body = body[0].body
    match body:
        case [
            ast.Expr(ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="append"), args=[item], keywords=[]))
        ]:
            if owner == name and not any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(item)):
                return ast.ListComp(item, [ast.comprehension(loop.target, loop.iter, tests, 0)])
    return None


def _negated(test: ast.expr) -> ast.expr:
    return (
        test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else ast.UnaryOp(ast.Not(), test)
    )
