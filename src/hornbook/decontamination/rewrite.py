"""Rewrite a module so that it gives away a problem in another form: other names, other words, another idiom.

Every function takes the text of a Python module and returns that of another one, laid out anew and without comments.
Nothing is understood here: the docstrings are what a careless paraphrase looks like to a detector of shared words. What
comes out has to be tested, since code can look at its own names and at the order of evaluation.
"""

import ast
import builtins
import itertools
import random
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from hornbook.decontamination.trees import match_rate
from hornbook.decontamination.words import ngrams, words_of
from hornbook.python_code.functions import tree_of
from hornbook.python_code.parse import parse_code

MOST_SHARED_WORDS = 7
"""In a row, of a docstring in other words and its original."""
FEWEST_WORDS = 5
"""Of a docstring in other words: with fewer it says nothing."""
_NO_PROSE = re.compile(r">>>|\bexamples?\b|\be\.g|==|=>|->|\u279e|^\s*(?:input|output)\b|^\s*\w+:\s*$", re.IGNORECASE)
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
_SYNONYM_OF = {word: other.replace("_", " ") for word, _, other in (pair.partition("=") for pair in _SYNONYMS.split())}
_FILLER = "here"
MOST_MATCH_RATE = 0.8
"""Of the new syntax tree and the old one, not reached. Source: section 5 of the paper (the least of its thresholds)."""
_MIRRORED = {"Lt": ast.Gt, "Gt": ast.Lt, "LtE": ast.GtE, "GtE": ast.LtE, "Eq": ast.Eq, "NotEq": ast.NotEq}
_FUNCTION_NAMES = tuple(
    f"{verb}_{noun}"
    for verb in ("work_out", "find", "make", "give", "get", "obtain", "build", "produce")
    for noun in ("answer", "outcome", "reply", "solution", "output")
)
_VARIABLE_NAMES = (
    *("alpha", "amount", "basket", "beta", "block", "candidate", "chunk", "current", "element", "entry", "given"),
    *("goal", "info", "known", "left", "material", "member", "number_seen", "obj", "outcome_so_far", "piece", "pool"),
    *("portion", "quantity", "rest", "right", "seen", "source", "stuff", "subject", "thing", "unit", "what", "whole"),
)


def renamed(text: str, entry_point: str, generator: random.Random) -> str | None:
    """The module with other names, which are drawn; None where it does not parse or binds no name that may change.

    Where a docstring names the entry point, the new name is put there too.
    """
    module = parse_code(text)
    names = _names_for(module, generator) if module is not None else {}
    if module is None or not names:
        return None
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) if name in names:
                node.id = names[name]
            case ast.arg(arg=name) if name in names:
                node.arg = names[name]
            case ast.FunctionDef(name=name) if name in names:
                node.name = names[name]
            case ast.Expr(value=ast.Constant(value=str(docstring)) as constant):
                constant.value = _in_docstring(docstring, names, entry_point)
    return ast.unparse(module) + "\n"


def _names_for(module: ast.Module, generator: random.Random) -> dict[str, str]:
    """Old name → new name, in the order in which the old ones are first met."""
    kept = {"self", "cls", *dir(builtins), *_used_otherwise(module)}
    functions: dict[str, None] = {}
    variables: dict[str, None] = {}
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name) if name not in kept:
                functions[name] = None
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) if name not in kept:
                variables[name] = None
    taken = {*kept, *re.findall(r"\w+", ast.unparse(module))}
    function_names = _draw(_FUNCTION_NAMES, len(functions), taken, generator)
    only_variables = [name for name in variables if name not in functions]
    variable_names = _draw(_VARIABLE_NAMES, len(only_variables), taken, generator)
    return dict(zip([*functions, *only_variables], [*function_names, *variable_names], strict=True))


def _used_otherwise(module: ast.Module) -> Iterator[str]:
    """Every identifier that stands elsewhere than in a name, an argument or a `def` outside of a class."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            yield from (getattr(statement, "name", "") for statement in node.body)
        if isinstance(node, ast.Name | ast.arg | ast.FunctionDef | ast.Constant):
            continue
        for _, value in ast.iter_fields(node):
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str):
                    yield one.partition(".")[0]


def _draw(pool: Sequence[str], number: int, taken: set[str], generator: random.Random) -> list[str]:
    free = [name for name in pool if name not in taken]
    generator.shuffle(free)
    rounds = number // max(len(free), 1) + 1
    return [name if at == 0 else f"{name}_{at + 1}" for at in range(rounds) for name in free][:number]


def _in_docstring(text: str, names: Mapping[str, str], entry_point: str) -> str:
    """A docstring with the new names where they are marked as names; the entry point's also where it has a `_`."""
    for old, new in names.items():
        name = re.escape(old)
        if old == entry_point:
            text = re.sub(rf"\b{name}\b" if "_" in old else rf"\b{name}(?=\()|(?<=`){name}(?=`)", new, text)
        else:
            text = re.sub(rf"(?<=`){name}(?=`)|(?m:^([ \t]*){name}(?=:| \())", rf"\g<1>{new}", text)
    return text


def reworded(text: str, entry_point: str) -> str | None:
    """The module with all docstrings in other words; None where that of the entry point says too little.

    At most `MOST_SHARED_WORDS` words in a row stay. Whatever follows the prose, such as examples, is removed, and so is
    a docstring of which nothing is left.
    """
    module = parse_code(text)
    told = ""
    for node in ast.walk(module or ast.Module([], [])):
        if isinstance(node, ast.FunctionDef) and (docstring := ast.get_docstring(node)) is not None:
            words = in_other_words(docstring)
            indented = textwrap.indent(words, " " * node.body[0].col_offset).strip()
            rest = node.body[1:]
            node.body = [ast.Expr(ast.Constant(indented)), *rest] if words else rest or [ast.Pass()]
            told = told or (words if node.name == entry_point else "")
    return ast.unparse(ast.fix_missing_locations(module)) + "\n" if module is not None and told else None


def in_other_words(docstring: str) -> str:
    """The docstring in other words, filled to lines; empty where it says too little."""
    size = MOST_SHARED_WORDS + 1
    runs = set(ngrams(words_of(docstring), size))
    lines = itertools.takewhile(lambda line: not _NO_PROSE.search(line), docstring.strip().splitlines())
    sentences = _SENTENCE_END.split(" ".join(" ".join(lines).split()))
    written: list[str] = []
    said: list[str] = []
    for token in " ".join(one[:1].upper() + one[1:] for one in reversed(sentences)).split():
        other = _other_word(token)
        words = words_of(other)
        if not runs.isdisjoint(ngrams([*said[1 - size :], *words], size)):
            written.append(_FILLER)
            said.append(_FILLER)
        written.append(other)
        said += words
    return textwrap.fill(" ".join(written)) if len(written) >= FEWEST_WORDS else ""


def _other_word(token: str) -> str:
    """The synonym of a word, with the marks around it; what is marked as a name stays."""
    match = re.fullmatch(r"(\W*)([\w-]+)(\W*)", token)
    if match is None or "`" in token:
        return token
    before, word, after = match.groups()
    other = _SYNONYM_OF.get(word.lower(), word)
    return f"{before}{other[0].upper() + other[1:] if word[0].isupper() else other}{after}"


def in_another_idiom(text: str, entry_point: str) -> str | None:
    """The module with another body of the entry point; None where no change brings its tree far enough from the old."""
    module = parse_code(text)
    nodes = ast.walk(module) if module is not None else ()
    function = next((one for one in nodes if isinstance(one, ast.FunctionDef) and one.name == entry_point), None)
    if module is None or function is None:
        return None
    before = tree_of(function)
    fresh = (f"made_up_{number}" for number in itertools.count())
    function.body = _block(function.body, fresh)
    _Mirror().visit(function)
    is_far = match_rate(before, tree_of(function)) < MOST_MATCH_RATE
    return ast.unparse(ast.fix_missing_locations(module)) + "\n" if is_far else None


def _block(statements: list[ast.stmt], fresh: Iterator[str]) -> list[ast.stmt]:
    """Statements that do the same; `fresh` gives names that nobody else uses."""
    return [new for statement in statements for new in _statement(statement, fresh)]


def _statement(statement: ast.stmt, fresh: Iterator[str]) -> list[ast.stmt]:
    match statement:
        case ast.For(orelse=[]):
            return _counted(statement, fresh)
        case ast.If(orelse=[_, *_]):
            branches = _block(statement.orelse, fresh), _block(statement.body, fresh)
            return [ast.If(ast.UnaryOp(ast.Not(), statement.test), *branches)]
        case ast.Return(value=ast.IfExp(test=test, body=body, orelse=orelse)):
            return [ast.If(test, _statement(ast.Return(body), fresh), []), *_statement(ast.Return(orelse), fresh)]
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Name | ast.Constant):
            name = next(fresh)
            assigned = ast.Assign([ast.Name(name, ast.Store())], value)
            return [*_statement(assigned, fresh), ast.Return(ast.Name(name, ast.Load()))]
        case ast.Assign():
            hoisting = _Hoisting(fresh)
            statement.value = hoisting.visit(statement.value)
            return [*hoisting.before, statement]
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            total = ast.BinOp(ast.Name(name, ast.Load()), op, value)
            return [ast.Assign([ast.Name(name, ast.Store())], total)]
    for field in ("body", "orelse", "finalbody"):
        if getattr(statement, field, None):
            setattr(statement, field, _block(getattr(statement, field), fresh))
    return [statement]


def _counted(loop: ast.For, fresh: Iterator[str]) -> list[ast.stmt]:
    """A `for` as a `while` over places. The place moves on first, so that `continue` keeps its meaning."""
    items, place = next(fresh), next(fresh)
    head = ast.parse(
        f"{items} = list({ast.unparse(loop.iter)})\n{place} = 0\nwhile {place} < len({items}):\n"
        f"    {ast.unparse(loop.target)} = {items}[{place}]\n    {place} = {place} + 1\n"
    ).body
    around = head[-1]
    assert isinstance(around, ast.While)
    around.body += _block(loop.body, fresh)
    return head


class _Mirror(ast.NodeTransformer):
    """Turns comparisons round: `a < b` becomes `b > a`."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        name = type(node.ops[0]).__name__
        if len(node.ops) == 1 and name in _MIRRORED:
            return ast.Compare(left=node.comparators[0], ops=[_MIRRORED[name]()], comparators=[node.left])
        return node


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
