import json
from typing import Any

import pytest

from hornbook.errors import ConfigError
from hornbook.records import Exercise
from hornbook.synthesis.checker import check_exercise
from hornbook.synthesis.prompted.commission import Reason, Rejection
from hornbook.synthesis.prompted.exercise_answers import read_exercise, style_of_docstring
from hornbook.synthesis.prompted.exercises import (
    Constraint,
    ExerciseIngredients,
    ExerciseJob,
    ExercisePromptConfig,
)
from hornbook.synthesis.prompted.ingredients import Layout, Topic, read_layouts
from hornbook.teacher.api import ChatRequest, Reply, ReplyOutcome

INGREDIENTS = ExerciseIngredients(
    names=[f"name_{number}" for number in range(50)],
    topics=[Topic(f"area {number % 3}", f"topic {number}") for number in range(12)],
    professions=["a baker", "a nurse", "a pilot"],
    twists=["It sorts first.", "It stops early."],
    layouts=read_layouts(),
)


def job(**fields: Any) -> ExerciseJob:
    return ExerciseJob(INGREDIENTS, ExercisePromptConfig(**fields), "tiny")


def said(constraint: Constraint, index: int, seed: int = 0) -> str:
    request = job(constraint=constraint).request(seed, index)
    assert isinstance(request, ChatRequest)
    return json.dumps([dict(message) for message in request.messages])


def test_a_request_depends_on_seed_and_index_alone_and_no_two_are_alike() -> None:
    texts = [said(Constraint.ALL, index) for index in range(100)]
    assert len(set(texts)) == 100
    assert [said(Constraint.ALL, index) for index in (99, 3)] == [texts[99], texts[3]]
    assert said(Constraint.ALL, 0, seed=1) != texts[0]


def test_the_constraint_decides_what_is_said() -> None:
    for index in range(20):
        order = job().order(0, index)
        topics = "; ".join(topic.name for topic in order.topics)
        has_parts = {
            constraint: [part in said(constraint, index) for part in (f"`{order.name}`", topics, order.profession)]
            for constraint in Constraint
            if constraint is not Constraint.FIXED
        }
        assert has_parts == {
            Constraint.ALL: [True, True, True],
            Constraint.NAME_TOPICS: [True, True, False],
            Constraint.NAME: [True, False, False],
        }


def test_one_fixed_prompt_differs_only_in_how_its_answers_are_drawn() -> None:
    fixed = job(constraint=Constraint.FIXED, temperature=1.0)
    requests = [fixed.request(0, index) for index in range(10)]
    assert len({json.dumps(request.body("m")["messages"]) for request in requests}) == 1
    assert len({request.sampling.seed for request in requests}) == 10
    assert [request.sample for request in requests] == list(range(10))
    assert {(request.sampling.temperature, request.sampling.max_new_tokens) for request in requests} == {(1.0, 320)}
    assert job(temperature=0).request(0, 0).sampling.seed is None


def test_every_name_every_topic_and_every_layout_comes_and_the_two_topics_are_of_different_areas() -> None:
    orders = [job().order(7, index) for index in range(50)]
    assert len({order.name for order in orders}) == 50
    assert len({order.topics[0] for order in orders[:12]}) == 12
    assert all(first.area != second.area for first, second in (order.topics for order in orders))
    assert {order.layout for order in orders} == set(INGREDIENTS.layouts)


def test_a_config_that_cannot_be_used_is_refused() -> None:
    for fields in (
        {"temperature": -1},
        {"max_new_tokens": 0},
        {"temperature": 0, "constraint": Constraint.FIXED},
        {"constraint": "none"},
    ):
        with pytest.raises(ConfigError, match=f"`{next(iter(fields))}`"):
            ExercisePromptConfig(**fields)  # type: ignore[arg-type]


LAYOUT = Layout(
    name="prose",
    instruction="One sentence.",
    request="Function name: `double`.",
    example='def double(x: int) -> int:\n    """Return twice x."""\n    return 2 * x\n',
)
GOOD = '''from math import ceil
from typing import List


def count_boxes(loaves: List[int], size: int) -> int:
    """
    Count the boxes for all loaves.

    >>> count_boxes([3, 4], 5)
    2
    >>> count_boxes([], 5)
    0
    """
    return ceil(sum(loaves) / size)
'''


def fenced(code: str) -> str:
    return f"```python\n{code.rstrip()}\n```"


def exercise(text: str, name: str = "count_boxes", teacher: str = "tiny", outcome: Any = "answered") -> Exercise:
    made = read_exercise(Reply(outcome=ReplyOutcome(outcome), text=text), name, "Loops", LAYOUT, teacher)
    assert isinstance(made, Exercise), made
    return made


def reason_of(text: str, outcome: ReplyOutcome = ReplyOutcome.ANSWERED) -> Reason:
    result = read_exercise(Reply(outcome=outcome, text=text), "count_boxes", "Loops", LAYOUT, "tiny")
    assert isinstance(result, Rejection), result
    return result.reason


def test_a_clean_answer_becomes_an_exercise_that_passes_its_own_test() -> None:
    made = exercise(fenced(GOOD))
    assert made.prompt + made.solution == GOOD
    assert made.solution == "    return ceil(sum(loaves) / size)\n"
    assert (made.entry_point, made.family, made.teacher, made.operations) == ("count_boxes", "Loops", "tiny", ())
    assert made.docstring_style == "summary and doctest"
    assert made.test.count("assert candidate(") == 2
    assert check_exercise(made.prompt + made.solution, made.test, made.entry_point) is None
    assert exercise(f"Sure:\n{fenced(GOOD)}").id == made.id != exercise(fenced(GOOD), teacher="another").id


@pytest.mark.parametrize(
    "text",
    [
        f"Sure! Here it is:\n\n{fenced(GOOD)}\n\nThe function counts boxes.\n```python\nprint(1)\n```",
        GOOD,
        f"Here you are.\n\n{GOOD}",
        *(f"{GOOD}\n{rest}\n" for rest in ("This function adds the loaves up.", "print(f(", "- a list\n- of points!")),
        fenced(GOOD + "\n\nprint(count_boxes([1], 1))\n"),
        fenced(GOOD + "\n\nif __name__ == '__main__':\n    import sys\n    sys.exit(count_boxes([1], 1))\n"),
        fenced("import os\nimport numpy as np\n" + GOOD),
        fenced(GOOD.replace("\n", "\r\n")),
        f"```python\n{GOOD}",
        f"<think>loaves?</think>\n{fenced(GOOD)}",
        fenced("def other(x: int) -> int:\n    return x\n\n\n" + GOOD),
        "- So:\n\n  " + fenced(GOOD).replace("\n", "\n  "),
        f"```\n$ python\n```\n{fenced(GOOD)}",
    ],
)
def test_chatter_unused_imports_and_uses_around_the_function_are_left_out(text: str) -> None:
    made = exercise(text)
    assert made.prompt + made.solution == GOOD


HEAD = 'def count_boxes(loaves: int) -> int:\n    """Count boxes."""\n'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I would rather write about cats.", Reason.NO_CODE),
        (fenced("def count_boxes(:\n    return\n"), Reason.NO_PYTHON),
        (fenced("# nothing\n"), Reason.NO_PYTHON),
        (fenced("(" * 5000), Reason.NO_PYTHON),
        ("I define nothing, and import nothing.", Reason.NO_CODE),
        ("<think>hm, so\n" + GOOD, Reason.NO_CODE),
        (fenced(GOOD.replace("count_boxes", "boxes")), Reason.NO_FUNCTION),
        (fenced("class Baker:\n    def count_boxes(self):\n        return 1\n"), Reason.CLASS),
        (fenced("def count_boxes(a: int) -> int:\n    return a\n"), Reason.NO_DOCSTRING),
        (fenced('def count_boxes(a: int) -> int:\n    """  """\n    return a\n'), Reason.NO_DOCSTRING),
        (fenced('def count_boxes(a: int) -> int: """Count."""; return a\n'), Reason.NO_DOCSTRING),
        (fenced(HEAD.replace(": int)", ")") + "    return loaves\n"), Reason.UNTYPED),
        (fenced(HEAD.replace(" -> int", "") + "    return loaves\n"), Reason.UNTYPED),
        (fenced(HEAD), Reason.PLACEHOLDER),
        (fenced(HEAD + "    pass\n"), Reason.PLACEHOLDER),
        (fenced(HEAD + "    raise NotImplementedError('later')\n"), Reason.PLACEHOLDER),
        (fenced(HEAD + "    # TODO: count\n    return 0\n"), Reason.PLACEHOLDER),
        (fenced(HEAD + "    print(loaves)\n"), Reason.NO_RETURN),
        (fenced(HEAD + "    return None\n"), Reason.NO_RETURN),
        (fenced(HEAD + "    def inner() -> int:\n        return 1\n    inner()\n"), Reason.NO_RETURN),
        (fenced("import numpy as np\n" + HEAD + "    return np.sum(loaves)\n"), Reason.FOREIGN_IMPORT),
        (fenced(HEAD + "    return int(input())\n"), Reason.UNSAFE),
        (fenced("import os\n" + HEAD + "    return len(os.listdir())\n"), Reason.UNSAFE),
        (fenced("from urllib.request import urlopen\n" + HEAD + "    return urlopen('x').status\n"), Reason.UNSAFE),
        (fenced("import random\n" + HEAD + "    return random.randint(1, loaves)\n"), Reason.CHANCE),
        (fenced("from datetime import datetime\n" + HEAD + "    return datetime.now().day\n"), Reason.CHANCE),
        (fenced("SIZE = 5\n" + HEAD + "    return loaves // SIZE\n"), Reason.DEPENDS),
        (fenced("def half(x: int) -> int:\n    return x // 2\n" + HEAD + "    return half(loaves)\n"), Reason.DEPENDS),
        (fenced(HEAD + "    return loaves if loaves else boxes[0]\n"), Reason.DEPENDS),
        (fenced("import math\n" + HEAD + "    return prod(range(loaves))\n"), Reason.DEPENDS),
        (fenced(HEAD + "    loaves += 1\n" * 30 + "    return loaves\n"), Reason.TOO_LONG),
        (fenced(HEAD.replace("Count boxes.", "Count boxes. " * 200) + "    return loaves\n"), Reason.TOO_LONG),
        (fenced(HEAD.replace("    ", "  ") + "  return loaves\n"), Reason.NO_PYTHON),
    ],
)
def test_what_is_no_exercise_is_put_aside_with_its_reason(text: str, reason: Reason) -> None:
    assert reason_of(text) is reason


def test_what_only_looks_like_a_broken_rule_is_kept() -> None:
    for body in (
        "    loaves += 1\n" * 29 + "    return loaves\n",
        "    rng = random.Random(loaves)\n    return rng.randint(1, 6)\n",
        "    size: int = 5\n    return loaves // size\n",
        "    for part in range(loaves):\n        yield part\n",
        "    def half(x: int) -> int:\n        return x // 2\n    return half(loaves)\n",
        "    return 1 if loaves < 2 else count_boxes(loaves - 1)\n",
    ):
        exercise(fenced("import random\nsize = 3\n\n\n" + HEAD + body))


def test_the_example_of_the_prompt_is_not_an_answer_even_under_another_name() -> None:
    copied = LAYOUT.example.replace("double", "count_boxes").replace("Return twice x.", "Count them.")
    assert reason_of(fenced(copied)) is Reason.COPIED


def test_without_a_wanted_name_the_last_function_is_taken() -> None:
    helper = "def helper(x: int) -> int:\n    return x\n\n\n"
    assert exercise(fenced(helper + GOOD), name="").entry_point == "count_boxes"


def test_a_decorator_belongs_to_the_prompt_and_imports_are_narrowed_to_what_is_used() -> None:
    imports = "from functools import lru_cache, reduce\nimport math, json\n@lru_cache\n"
    made = exercise(fenced(f"{imports}{HEAD}    return math.isqrt(loaves)\n"))
    assert made.prompt.startswith("from functools import lru_cache\nimport math\n\n\n@lru_cache\ndef count_boxes")


def test_a_reply_without_a_whole_text_is_a_rejection_unless_only_its_chatter_is_cut() -> None:
    for outcome, reason in (
        ("UNANSWERED", Reason.UNANSWERED),
        ("REJECTED", Reason.UNANSWERED),
        ("REFUSED", Reason.REFUSED),
    ):
        assert reason_of("", ReplyOutcome[outcome]) is reason
    for text in (f"```python\n{GOOD[:150]}", GOOD, "First I want to say"):
        assert reason_of(text, ReplyOutcome.CUT) is Reason.CUT
    exercise(fenced(GOOD) + "\nThis function", outcome="cut off")


def test_a_commission_says_what_was_asked_for() -> None:
    order = job().order(3, 5)
    text = fenced(GOOD.replace("count_boxes", order.name))
    made, commission = job().read(3, 5, Reply(outcome=ReplyOutcome.ANSWERED, text=text))
    assert isinstance(made, Exercise)
    assert (made.entry_point, made.family) == (order.name, order.topics[0].area)
    assert (commission.record_id, commission.index, commission.name) == (made.id, 5, order.name)
    assert commission.topics == tuple(topic.name for topic in order.topics)
    assert (commission.profession, commission.layout) == (order.profession, order.layout.name)


def test_the_layout_of_a_docstring_is_told_by_what_stands_in_it() -> None:
    styles = {
        "Count.": "summary",
        "Count.\n\nParameters:\nx (int): it\n\nReturns:\nint: it\n>>> f(1)\n1": "Parameters and Returns",
        "Count.\n\n1. Take.\n2. Give.\n\n>>> f(1)\n1": "numbered steps",
        "Count: f(1) == 2": "summary and comparisons",
        "Count. For example, one gives two.": "prose with an example",
    }
    assert {docstring: style_of_docstring(docstring) for docstring in styles} == styles
