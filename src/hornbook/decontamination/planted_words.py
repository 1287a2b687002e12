"""Tell a problem's docstring in other words, by rote: synonyms, and the sentences in another order.

Reads:  the text of a Python module.
Writes: the same module with other docstrings, and without comments.

No meaning is understood here. It is what a careless paraphrase looks like to a detector of shared words.
"""

import ast
import itertools
import re
import textwrap

from hornbook.decontamination.ngrams import ngrams, words_of
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


def reworded(text: str, entry_point: str) -> str | None:
    """The module with all docstrings in other words; None where that of the entry point says too little.

    At most `MOST_SHARED_WORDS` words in a row stay. What stands behind the prose, such as calls that are shown, goes,
    and so does a docstring of which nothing is left.
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
