import ast
import random
from collections import Counter

import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import functions_in
from hornbook.decontamination.planted import LeakKind, PlantConfig, leak_text, plant
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Outcome, Problem
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Program

PROBLEMS = read_humaneval()

OWN = Problem(
    task_id="own/1",
    prompt=(
        "def middle_pairs(rows, limit):\n"
        '    """Return the pairs of numbers in `rows` whose sum is below `limit`. A pair has two numbers.\n\n'
        "    Args:\n"
        "        rows: Pairs.\n"
        "        limit: A number.\n\n"
        "    >>> middle_pairs([(1, 2), (3, 4)], 5)\n"
        "    [(1, 2)]\n"
        '    """\n'
    ),
    entry_point="middle_pairs",
    canonical_solution="    # Look at each.\n    return [(a, b) for a, b in rows if a + b < limit]\n",
    test="def check(candidate):\n    assert candidate([(1, 2), (3, 4)], 5) == [(1, 2)]\n",
    category="",
)


def exercise(number: int, kind: DocumentKind = DocumentKind.EXERCISE) -> Document:
    return Document(id=f"document-{number}", kind=kind, text=f"def of_{number}(x):\n    return x + {number}\n")


def told(kind: LeakKind, problem: Problem = OWN, seed: int = 0) -> str:
    text = leak_text(problem, kind, random.Random(seed))
    assert text is not None
    return text


def own_problems(number: int) -> list[Problem]:
    return [
        Problem(
            task_id=f"own/{at}",
            prompt=OWN.prompt,
            entry_point=OWN.entry_point,
            canonical_solution=OWN.canonical_solution,
            test=OWN.test,
            category="",
        )
        for at in range(number)
    ]


@pytest.mark.parametrize("kind", list(LeakKind))
def test_a_leak_of_any_kind_still_solves_its_problem(jail: Jail, kind: LeakKind) -> None:
    programs, task_ids = [], []
    for at, problem in enumerate(PROBLEMS):
        text = leak_text(problem, kind, random.Random(at))
        if text is None:
            continue
        before = [function.name for function in functions_in(problem.prompt + problem.canonical_solution)]
        after = [function.name for function in functions_in(text)]
        known = "".join(
            f"{old} = {new}\n" for old, new in zip(before, after, strict=True) if f"\ndef {new}(" in f"\n{text}"
        )
        programs.append(Program(f"{text}\n{known}{problem.test}\ncheck({problem.entry_point})\n"))
        task_ids.append(problem.task_id)
    reports = jail.run(programs)
    failed = {
        task_id: report.detail
        for task_id, report in zip(task_ids, reports, strict=True)
        if report.outcome is not Outcome.PASSED
    }
    assert failed == {}
    assert len(programs) > len(PROBLEMS) / 2


def test_other_names_leave_the_shape_and_the_layout_and_no_old_name() -> None:
    text = told(LeakKind.RENAMED)
    [before], [after] = functions_in(OWN.prompt + OWN.canonical_solution), functions_in(text)
    assert after.tree == before.tree
    assert text.count("\n") == (OWN.prompt + OWN.canonical_solution).count("\n")
    assert "# Look at each." in text
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert not names & {"rows", "limit", "a", "b", "middle_pairs"}
    assert not any(name in text for name in ("`rows`", "rows:", "middle_pairs"))


def test_another_draw_gives_other_names_and_the_same_draw_the_same() -> None:
    assert told(LeakKind.RENAMED, seed=0) == told(LeakKind.RENAMED, seed=0) != told(LeakKind.RENAMED, seed=1)


def test_other_words_leave_the_code_and_the_shown_calls() -> None:
    text = told(LeakKind.REWORDED)
    [before], [after] = functions_in(OWN.prompt + OWN.canonical_solution), functions_in(text)
    assert after.code == before.code
    assert before.docstring != after.docstring
    assert "A pair has two values. Output the pairs of values in `rows` whose sum is below `limit`." in text
    assert "    >>> middle_pairs([(1, 2), (3, 4)], 5)\n    [(1, 2)]\n" in text
    assert "    Args:\n        rows: Pairs.\n        limit: A value.\n" in text


def test_another_idiom_leaves_the_docstring_and_changes_the_shape() -> None:
    text = told(LeakKind.OTHER_IDIOM)
    assert text.startswith(OWN.prompt)
    [before], [after] = functions_in(OWN.prompt + OWN.canonical_solution), functions_in(text)
    assert after.tree != before.tree
    assert "for a, b in rows:\n        if a + b < limit:\n" in text


@pytest.mark.parametrize(
    "body",
    [
        "    return any(x > limit for x in rows)\n",  # a loop would look at all of them
        "    return [rows for rows in rows] + rows\n",  # a loop would change `rows`
        "    return [a for a in rows for b in rows if b]\n",
    ],
)
def test_a_comprehension_that_no_simple_loop_replaces_stays(body: str) -> None:
    problem = Problem(
        task_id="own/2",
        prompt='def f(rows, limit):\n    """Do it."""\n',
        entry_point="f",
        canonical_solution=body,
        test="",
        category="",
    )
    text = leak_text(problem, LeakKind.OTHER_IDIOM, random.Random(0))
    assert text is None or ("for " in text and "append" not in text)


def test_the_leaks_go_round_the_problems_and_each_problem_round_the_kinds() -> None:
    planted = plant([exercise(1)], own_problems(9), PlantConfig(num_leaks=10, num_problems=2), random.Random(0))
    assert Counter(leak.task_id for leak in planted.leaks).most_common()[0][1] == 5
    assert len({leak.task_id for leak in planted.leaks}) == 2
    by_problem = {
        leak.task_id: [one.kind for one in planted.leaks if one.task_id == leak.task_id] for leak in planted.leaks
    }
    assert set(map(tuple, by_problem.values())) == {(*LeakKind, LeakKind.VERBATIM)}
    assert len({leak.document_id for leak in planted.leaks}) == 10


def test_the_given_documents_stay_in_order_and_leaks_come_among_the_exercises() -> None:
    documents = [*(exercise(at, DocumentKind.CODE) for at in range(50)), *(exercise(at) for at in range(50, 100))]
    planted = plant(documents, own_problems(9), PlantConfig(num_leaks=36), random.Random(3))
    leaks = {leak.document_id for leak in planted.leaks}
    assert [one for one in planted.documents if one.id not in leaks] == documents
    places = [at for at, one in enumerate(planted.documents) if one.id in leaks]
    assert len(places) == 36
    assert min(places) >= 50
    assert max(places) - min(places) > 36, "they stand in one row"


def test_equal_seeds_plant_equal_documents() -> None:
    config = PlantConfig(num_leaks=12)
    first, again, other = (
        plant([exercise(1)], own_problems(9), config, random.Random(seed)).documents for seed in (0, 0, 1)
    )
    assert first == again != other


def test_a_config_that_cannot_be_planted_is_refused() -> None:
    with pytest.raises(ConfigError, match="`num_leaks` must be at least 1, got 0"):
        PlantConfig(num_leaks=0)
    with pytest.raises(ConfigError, match=r"`num_problems` must lie in \[0, 3\].*got 4"):
        PlantConfig(num_leaks=3, num_problems=4)
    with pytest.raises(ConfigError, match="`num_problems` must be at most the benchmark's 2, got 3"):
        plant([], own_problems(2), PlantConfig(num_leaks=12), random.Random(0))
