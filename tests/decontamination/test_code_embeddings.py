import builtins
import io
import keyword
import math
import pickle
import tokenize
from collections import Counter

import pytest
from tests.decontamination.labelled_once import LABELLED, PAIRS
from tests.decontamination.own_problems import problem_of

from hornbook.decontamination.code_embeddings import MIN_SCORE, CodeEmbeddingIndex, embedding_of
from hornbook.decontamination.functions import read_text, solution_of

PROBLEMS = [one.problem for one in LABELLED]
INDEX = CodeEmbeddingIndex(PROBLEMS)


def tokens_by_hand(code: str) -> list[str]:
    """Those of Python's own tokenizer, of a function whose signature ends with its line."""
    body = code.split("\n", 1)[1] if code.lstrip().startswith("def ") else code
    found: list[str] = [":"]
    for token in tokenize.generate_tokens(io.StringIO("if 1:\n" + body + "\n").readline):
        if token.start[0] == 1 or token.type in (tokenize.COMMENT, tokenize.ENDMARKER):
            continue
        if token.type == tokenize.STRING:
            found.append("a literal")
        elif token.type == tokenize.OP:
            found += token.string
        elif token.type == tokenize.NAME:
            is_kept = found[-1] == "." or keyword.iskeyword(token.string) or token.string in dir(builtins)
            found.append(token.string if is_kept else "a name")
        elif token.type == tokenize.NUMBER:
            found.append(token.string)
    return found


def cosine_by_hand(first: list[str], second: list[str]) -> float:
    def runs(tokens: list[str]) -> dict[tuple[str, ...], float]:
        counts = Counter(tuple(tokens[at : at + size]) for size in (2, 3) for at in range(len(tokens) - size + 1))
        return {run: 1 + math.log(count) for run, count in counts.items()}

    one, other = runs(first), runs(second)
    product = sum(weight * other.get(run, 0.0) for run, weight in one.items())
    return product / math.sqrt(sum(x * x for x in one.values()) * sum(x * x for x in other.values()))


def test_matches_are_those_of_all_pairs_compared_one_by_one() -> None:
    texts = [read_text(pair.text) for pair in PAIRS[:24]]
    solutions = {at: solution for at, one in enumerate(PROBLEMS) if (solution := solution_of(one)) is not None}
    wanted: dict[tuple[int, int], tuple[float, str]] = {}
    for at, read in enumerate(texts):
        for problem, solution in solutions.items():
            for function in read.functions:
                score = cosine_by_hand(tokens_by_hand(function.code), tokens_by_hand(solution.code))
                if score >= MIN_SCORE and score > wanted.get((at, problem), (0.0, ""))[0] + 1e-9:
                    wanted[at, problem] = (pytest.approx(score, abs=1e-8), function.name)
    found = pickle.loads(pickle.dumps(INDEX)).matches(texts)
    assert {(one.text, one.problem): (one.score, one.function) for one in found} == wanted
    assert [(one.text, one.problem) for one in found] == sorted(wanted)
    assert len(wanted) >= 6


def test_names_hints_comments_and_literals_do_not_count_and_builtins_attributes_and_operators_do() -> None:
    code = 'def f(a: dict[str, int], b=lambda: 1) -> int:\n    """Doc."""\n    return a.get("x", 0) + len(b)  # Why.'
    same = "def other(p, q):\n    r'''Multi\n    line'''\n    # This.\n    return p.get('y', 0) + len(q)"
    assert embedding_of(code) == embedding_of(same)
    assert math.hypot(*embedding_of(code).values()) == pytest.approx(1)
    for old, new in ((".get", ".pop"), ("len", "sum"), (" + ", " - "), ("return", "yield")):
        assert embedding_of(code.replace(old, new)) != embedding_of(code)
    assert embedding_of("x") == embedding_of("") == {}


def test_of_equal_functions_the_first_counts_and_each_text_is_looked_at_by_itself() -> None:
    code, name = PROBLEMS[0].prompt + PROBLEMS[0].canonical_solution, PROBLEMS[0].entry_point
    read = read_text(f"Look:\n\n```python\n{code.replace(name, 'first')}\n\n{code.replace(name, 'second')}```\n")
    other = read_text(PROBLEMS[3].prompt + PROBLEMS[3].canonical_solution)
    found = [one for one in INDEX.matches([other, read, read_text(""), read]) if one.text in (1, 3)]
    assert [(one.text, one.problem, one.function, one.score) for one in found] == [
        (1, 0, "first", 1),
        (3, 0, "first", 1),
    ]
    assert read.text[slice(*found[0].window)].rstrip() == code.replace(name, "first").rstrip()
    assert found[0].evidence == "the code of `first` is near the solution's: L2 distance 0.00 (unit vectors)"


def test_small_solutions_and_those_that_do_not_parse_are_never_found() -> None:
    given = {"size": ("def size(text):\n", "    return len(text)\n"), "f": ("def f(:\n", ""), "words": ("Add all.", "")}
    problems = [problem_of(*parts, name=name) for name, parts in given.items()]
    texts = [read_text(prompt + body) for prompt, body in given.values()]
    assert CodeEmbeddingIndex(problems).matches(texts) == []
    assert CodeEmbeddingIndex([]).matches(texts) == INDEX.matches([]) == []
