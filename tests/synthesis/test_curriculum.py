import ast
import itertools
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from hornbook.errors import ConfigError
from hornbook.records import Exercise, as_document
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.curriculum.compose import write_exercise
from hornbook.synthesis.curriculum.exercises import (
    REMARKS,
    SETS,
    ExercisesConfig,
    build_author,
    write_exercises,
    write_held_out,
)
from hornbook.synthesis.curriculum.explaining import explain
from hornbook.synthesis.curriculum.lexicon import Said, Word, read_lexicon
from hornbook.synthesis.curriculum.library import read_library
from hornbook.synthesis.curriculum.task import draw_task
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig, write_passages
from hornbook.synthesis.curriculum.trials import Program, choose_trials
from hornbook.synthesis.strict import check_strictly

NUM_DRAWS = 20
CHESS = '''
KINDS = {"Square": ("a1", "b7", "c3", "d4", "e5", "f2", "g8", "h6", "h8", "b1", "e2")}
WORDS = """
Square | x[0] == K | on_file_K | lies on file {K}; is on the file {K}; belongs to file {K} | 'a' 'b' 'e' 'h'
Square | int(x[1]) > K | above_rank_K | lies above rank {K}; has a rank greater than {K} | 2..6
Square | (ord(x[0]) + int(x[1])) % 2 == 0 | dark | is dark; is a dark square; ~dark
Square>int | int(x[1]) | rank | the rank of X; the row number of X
"""


def count_squares(xs: list[Square], p: Predicate[Square]) -> int:
    """Count the {x:s} in {xs} that {p:s}.
    Return how many {x:s} of {xs}
        {p:s}.
    names: count_{p}
    """
    count = 0
    for x in xs:
        if p(x):
            count += 1
    return count


def sum_ranks(xs: list[Square], p: Predicate[Square], f: Map[Square, int]) -> int:
    """Add up {f:each {x}} in {xs} that {p}, and return the sum.

    names: sum_{f}
    """
    return sum(f(x) for x in xs if p(x))
'''


def arguments_of(prompt: str) -> list[ast.arg]:
    function = ast.parse(f"{prompt}    pass\n").body[-1]
    assert isinstance(function, ast.FunctionDef)
    return function.args.args


def test_every_schema_gives_exercises_that_hold_in_the_jail(jail: Jail) -> None:
    library = read_library()
    found: dict[str, list[Exercise]] = {}
    for schema in library.schemas:
        seeds = [f"{schema.name}{number}" for number in range(NUM_DRAWS)]
        drawn = ((draw_task(schema, library.lexicon, seed), seed) for seed in seeds)
        written = (write_exercise(task, seed) for task, seed in drawn if task)
        found[schema.name] = list(itertools.islice((one for one in written if one), 3))
    assert {name for name, own in found.items() if len(own) < 3} == set()  # Some words reach not every branch.
    exercises = [one for own in found.values() for one in own]
    assert check_strictly([as_document(one) for one in exercises], jail) == []
    assert not any(re.search(r"[{}]", one.entry_point) for one in exercises)
    names = Counter(one.entry_point for one in exercises)
    assert len(names) > 0.6 * names.total()
    arguments = Counter(one.arg for exercise in exercises for one in arguments_of(exercise.prompt))
    assert len(arguments) > 0.5 * arguments.total()  # Names must be read, since they can't be guessed.


def test_passages_hold_in_the_jail_and_are_a_pure_function_of_the_seed(jail: Jail) -> None:
    config = TextbooksConfig(num_passages=60)
    passages = list(write_passages(config, 5))
    assert check_strictly(passages, jail) == []
    assert passages == list(write_passages(config, 5))
    metadata = [json.loads(one.metadata) for one in passages]
    assert len({one["topic"] for one in metadata}) > 40
    assert {one["style"] for one in metadata} == {"lesson", "numbered steps", "question and answer", "notes"}


def test_held_out_problems_are_what_training_never_shows(jail: Jail) -> None:
    author = build_author(ExercisesConfig(), 1)
    tables = write_held_out(author, 12, 1)
    problems = [one for found in tables.values() for one in found]
    assert Counter(one.category for one in problems) == dict.fromkeys(SETS, 12)
    assert {name: {one.category for one in found} for name, found in tables.items()} == {
        "held_out": {"combination"},
        "held_out_schemas": {"schema"},
        "held_out_forms": set(SETS[2:]),
    }
    for one in problems:
        space: dict[str, object] = {}
        exec(f"{one.prompt}{one.canonical_solution}\n{one.test}", space)
        space["check"](space[one.entry_point])  # type: ignore[operator]
    sets = {name: [one for one in problems if one.category == name] for name in SETS}
    exercises = list(write_exercises(ExercisesConfig(num_exercises=400), 1))
    names = {one.arg for exercise in exercises for one in arguments_of(exercise.prompt)}
    unseen = {one.arg for problem in sets["unseen_names"] for one in arguments_of(problem.prompt)}
    assert not unseen & names
    assert not any(one.annotation for problem in sets["untyped"] for one in arguments_of(problem.prompt))
    shown = {exercise.operations[0] for exercise in exercises}
    apart = {one.name for one in author.library.schemas if author.split.is_apart("schema", one.name)}
    assert apart
    assert not apart & shown
    for form in ("unseen_names", "untyped", "reworded", "distracted"):
        for number, problem in enumerate(sets[form]):
            assert problem.test == sets["combination"][number].test  # The same problem in another form.
            assert problem.prompt != sets["combination"][number].prompt or form == "untyped"
    assert all(any(one.split()[-1] in problem.prompt for one in REMARKS) for problem in sets["distracted"])


def test_tests_reach_every_branch_or_there_are_none() -> None:
    code = "def f(x):\n    if x > 100:\n        return 1\n    return 0 if x % 2 else x\n"
    near, far = [(1,), (2,), (3,), (4,)], [(200,), (300,)]
    assert choose_trials(Program(code, "f"), near, most=2) is None
    chosen = choose_trials(Program(code, "f"), near + far, most=2)
    assert chosen is not None
    assert {trial.outcome for trial in chosen} == {0, 1, 2}
    endless = Program("def f(x):\n    while x > 0:\n        pass\n    return x\n", "f")
    assert endless.run((1,)) is None
    assert Program("def f(x):\n    x.append(1)\n    return x\n", "f").run(([],)) is None  # It changes its argument.
    yields = Program("def f(x):\n    yield x\n    yield x + 1\n", "f").run((1,))
    assert yields is not None
    assert (yields.outcome, yields.call("f")) == ([1, 2], "list(f(1))")


def test_prose_says_what_this_code_does_and_not_what_another_variant_would() -> None:
    loop = "def f(xs):\n    total = 0\n    for x in xs:\n        if x > 2:\n            total += x\n    return total\n"
    guard = loop.replace("if x > 2:\n            total += x", "if x <= 2:\n            continue\n        total += x")
    told = [explain(node) for node in ast.parse(loop + guard).body if isinstance(node, ast.FunctionDef)]
    assert told[0][2:4] == ["If `x > 2`, `x` is added to `total`.", "At the end the function returns `total`."]
    assert told[1][2:4] == [
        "If `x <= 2`, the loop goes on with the next item.",
        "For each item `x` is added to `total`.",
    ]


def test_schemas_and_words_of_a_users_file_are_written_and_held_out(tmp_path: Path, jail: Jail) -> None:
    path = tmp_path / "chess.py"
    path.write_text(CHESS, encoding="utf-8")
    config = ExercisesConfig(num_exercises=40, schemas=(str(path),), held_out_share=0.4)
    exercises = list(write_exercises(config, 1))
    assert check_strictly([as_document(one) for one in exercises], jail) == []
    own = [one for one in exercises if one.family == "chess"]
    assert len(own) == 20
    assert "square" in own[0].prompt
    problems = write_held_out(build_author(config, 1), 3, 1)["held_out"]
    assert {one.entry_point.split("_")[0] for one in problems} <= {"count", "sum"}
    wrong = {
        'WORDS = "int | x >"': "line 1 of the lexicon",
        'def f(x: int) -> int:\n    """Return {y}."""\n    return x\n': "`f` tells of y",
        "def f(x: int) -> int:\n    return x\n": "needs a docstring",
        "def f(": "cannot be read",
    }
    for number, (text, said) in enumerate(wrong.items()):
        path = tmp_path / f"wrong{number}.py"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=said):
            build_author(ExercisesConfig(schemas=(str(path),)), 1)


@pytest.mark.parametrize(
    ("wording", "one", "many"),
    [
        ("is even", "number that is even", "numbers that are even"),
        ("~even", "even number", "even numbers"),
        ("contains the digit 3", "number that contains the digit 3", "numbers that contain the digit 3"),
        ("is a multiple of 3", "number that is a multiple of 3", "numbers that are multiples of 3"),
        ("is even or has 2 digits", "number that is even or has 2 digits", "numbers that are even or have 2 digits"),
    ],
)
def test_a_word_is_said_in_the_form_that_the_sentence_needs(wording: str, one: str, many: str) -> None:
    said = Said("number", Word("x", "tag", wording, "int|x|"))
    assert (f"{said:one}", f"{said:many}") == (one, many)


def test_a_line_of_a_lexicon_that_cannot_be_read_is_named() -> None:
    for line in ("int | x > 3", "int | x > | above | is above 3", "int>int | x + 1 | next | the successor"):
        with pytest.raises(ConfigError, match="line 2 of the lexicon"):
            read_lexicon(f"# a comment\n{line}\n")
