import dataclasses

import pytest
from tests.synthesis.prompted.exercise_texts import GOOD, LAYOUT, ORDER, answered, fenced

from hornbook.records import Exercise
from hornbook.synthesis.checker import check_exercise
from hornbook.synthesis.prompted.exercise_answers import read_exercise
from hornbook.synthesis.prompted.function_rules import FunctionRules
from hornbook.synthesis.prompted.rejection import Reason, Rejection
from hornbook.teacher.teacher import Reply, ReplyOutcome

RULES = FunctionRules()


def read(text: str, name: str = "count_boxes") -> Exercise | Rejection:
    return read_exercise(answered(text), dataclasses.replace(ORDER, name=name), "tiny", RULES)


def reason_of(text: str, name: str = "count_boxes") -> Reason:
    result = read(text, name)
    assert isinstance(result, Rejection), result
    return result.reason


def test_a_clean_answer_becomes_an_exercise_that_passes_its_own_test() -> None:
    made = read(fenced(GOOD))
    assert isinstance(made, Exercise)
    assert made.prompt + made.solution == GOOD
    assert made.prompt.endswith('    """\n')
    assert made.solution == "    return ceil(sum(loaves) / size)\n"
    assert (made.entry_point, made.family, made.teacher, made.operations) == ("count_boxes", "Loops", "tiny", ())
    assert made.docstring_style == "summary and doctest"
    assert made.test.count("assert candidate(") == 2
    assert check_exercise(made.prompt + made.solution, made.test, made.entry_point) is None


@pytest.mark.parametrize(
    "text",
    [
        f"Sure! Here it is:\n\n{fenced(GOOD)}\n\nThe function counts boxes.\n```python\nprint(1)\n```",
        GOOD,
        f"Here you are.\n\n{GOOD}",
        f"{GOOD}\nThis function adds the loaves up.\n",
        fenced(GOOD + "\n\nprint(count_boxes([1], 1))\n"),
        fenced(GOOD + "\n\nif __name__ == '__main__':\n    import sys\n    sys.exit(count_boxes([1], 1))\n"),
        fenced("import os\nimport numpy as np\n" + GOOD),
        fenced(GOOD.replace("\n", "\r\n")),
        f"```python\n{GOOD}",
        f"<think>loaves?</think>\n{fenced(GOOD)}",
        fenced("def other(x: int) -> int:\n    return x\n\n\n" + GOOD),
        f"```\n$ python\n```\n{fenced(GOOD)}",
    ],
)
def test_chatter_unused_imports_and_uses_around_the_function_are_left_out(text: str) -> None:
    made = read(text)
    assert isinstance(made, Exercise), made
    assert made.prompt + made.solution == GOOD


HEAD = 'def count_boxes(loaves: int) -> int:\n    """Count boxes."""\n'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I would rather write about cats.", Reason.NO_CODE),
        (fenced("def count_boxes(:\n    return\n"), Reason.NO_PYTHON),
        (fenced("# nothing\n"), Reason.NO_PYTHON),
        (fenced(GOOD.replace("count_boxes", "boxes")), Reason.NO_FUNCTION),
        (fenced("x = 3\n"), Reason.NO_FUNCTION),
        (fenced("class Baker:\n    def count_boxes(self):\n        return 1\n"), Reason.CLASS),
        (fenced("def count_boxes(a: int) -> int:\n    return a\n"), Reason.NO_DOCSTRING),
        (fenced('def count_boxes(a: int) -> int:\n    """  """\n    return a\n'), Reason.NO_DOCSTRING),
        (fenced('def count_boxes(a: int) -> int: """Count."""; return a\n'), Reason.NO_DOCSTRING),
        (fenced(HEAD.replace(": int)", ")") + "    return loaves\n"), Reason.UNTYPED),
        (fenced(HEAD.replace(" -> int", "") + "    return loaves\n"), Reason.UNTYPED),
        (fenced(HEAD), Reason.PLACEHOLDER),
        (fenced(HEAD + "    pass\n"), Reason.PLACEHOLDER),
        (fenced(HEAD + "    ...\n"), Reason.PLACEHOLDER),
        (fenced(HEAD + "    raise NotImplementedError('later')\n"), Reason.PLACEHOLDER),
        (fenced(HEAD + "    # TODO: count\n    return 0\n"), Reason.PLACEHOLDER),
        (fenced(HEAD + "    # your code here\n    return 0\n"), Reason.PLACEHOLDER),
        (fenced(HEAD + "    print(loaves)\n"), Reason.NO_RETURN),
        (fenced(HEAD + "    return None\n"), Reason.NO_RETURN),
        (fenced(HEAD + "    def inner() -> int:\n        return 1\n    inner()\n"), Reason.NO_RETURN),
        (fenced("import numpy as np\n" + HEAD + "    return np.sum(loaves)\n"), Reason.FOREIGN_IMPORT),
        (fenced(HEAD + "    import pandas\n    return pandas.NA\n"), Reason.FOREIGN_IMPORT),
        (fenced(HEAD + "    return int(input())\n"), Reason.UNSAFE),
        (fenced(HEAD + "    return len(open('loaves').read())\n"), Reason.UNSAFE),
        (fenced("import os\n" + HEAD + "    return len(os.listdir())\n"), Reason.UNSAFE),
        (fenced("from urllib.request import urlopen\n" + HEAD + "    return urlopen('x').status\n"), Reason.UNSAFE),
        (fenced("import random\n" + HEAD + "    return random.randint(1, loaves)\n"), Reason.CHANCE),
        (fenced("from datetime import datetime\n" + HEAD + "    return datetime.now().day\n"), Reason.CHANCE),
        (fenced("SIZE = 5\n" + HEAD + "    return loaves // SIZE\n"), Reason.DEPENDS),
        (fenced("def half(x: int) -> int:\n    return x // 2\n" + HEAD + "    return half(loaves)\n"), Reason.DEPENDS),
        (fenced(HEAD + "    return loaves if loaves else boxes[0]\n"), Reason.DEPENDS),
        (fenced(HEAD + "    return sum(lot for lot in lots)\n"), Reason.DEPENDS),
        (fenced("import math\n" + HEAD + "    return prod(range(loaves))\n"), Reason.DEPENDS),
        (fenced(HEAD + "    loaves += 1\n" * 40 + "    return loaves\n"), Reason.TOO_LONG),
        (fenced(HEAD.replace("Count boxes.", "Count boxes. " * 200) + "    return loaves\n"), Reason.TOO_LONG),
        (fenced(HEAD.replace("    ", "  ") + "  return loaves\n"), Reason.NO_PYTHON),
    ],
)
def test_what_is_no_exercise_is_put_aside_with_its_reason(text: str, reason: Reason) -> None:
    assert reason_of(text) is reason


@pytest.mark.parametrize(
    "body",
    [
        "    rng = random.Random(loaves)\n    return rng.randint(1, 6)\n",
        "    size: int = 5\n    return loaves // size\n",
        "    for part in range(loaves):\n        yield part\n",
        "    def half(x: int) -> int:\n        return x // 2\n    return half(loaves)\n",
        "    return 1 if loaves < 2 else count_boxes(loaves - 1)\n",
    ],
)
def test_what_only_looks_like_a_broken_rule_is_kept(body: str) -> None:
    assert isinstance(read(fenced("import random\nsize = 3\n\n\n" + HEAD + body)), Exercise)


def test_the_example_of_the_prompt_is_not_an_answer_even_under_another_name() -> None:
    copied = LAYOUT.example.replace("double", "count_boxes").replace("Return twice x.", "Count them.")
    assert reason_of(fenced(copied)) is Reason.COPIED


def test_without_a_wanted_name_the_last_function_is_taken() -> None:
    made = read(fenced("def helper(x: int) -> int:\n    return x\n\n\n" + GOOD), name="")
    assert isinstance(made, Exercise)
    assert made.entry_point == "count_boxes"


def test_a_decorator_belongs_to_the_prompt_and_imports_are_narrowed_to_what_is_used() -> None:
    made = read(
        fenced(
            "from functools import lru_cache, reduce\nimport math, json\n@lru_cache\n"
            + HEAD
            + "    return math.isqrt(loaves)\n"
        )
    )
    assert isinstance(made, Exercise)
    assert made.prompt.startswith("from functools import lru_cache\nimport math\n\n\n@lru_cache\ndef count_boxes")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(outcome=ReplyOutcome.UNANSWERED, detail="no route"), Reason.UNANSWERED),
        (Reply(outcome=ReplyOutcome.EMPTY), Reason.UNANSWERED),
        (Reply(outcome=ReplyOutcome.MALFORMED), Reason.UNANSWERED),
        (Reply(outcome=ReplyOutcome.REJECTED), Reason.UNANSWERED),
        (Reply(outcome=ReplyOutcome.REFUSED), Reason.REFUSED),
        (Reply(outcome=ReplyOutcome.CUT, text=f"```python\n{GOOD[:150]}"), Reason.CUT),
        (Reply(outcome=ReplyOutcome.CUT, text=GOOD), Reason.CUT),
        (Reply(outcome=ReplyOutcome.CUT, text="First I want to say"), Reason.CUT),
    ],
)
def test_a_reply_without_a_whole_text_is_a_rejection_too(reply: Reply, reason: Reason) -> None:
    result = read_exercise(reply, ORDER, "tiny", RULES)
    assert isinstance(result, Rejection)
    assert result.reason is reason


def test_an_answer_cut_in_its_chatter_still_holds_its_code() -> None:
    reply = Reply(outcome=ReplyOutcome.CUT, text=fenced(GOOD) + "\nThis function")
    assert isinstance(read_exercise(reply, ORDER, "tiny", RULES), Exercise)


def test_the_id_depends_on_the_text_and_the_teacher_alone() -> None:
    first, again = read(fenced(GOOD)), read(f"Sure:\n{fenced(GOOD)}")
    other = read_exercise(answered(fenced(GOOD)), ORDER, "another", RULES)
    assert isinstance(first, Exercise)
    assert isinstance(again, Exercise)
    assert isinstance(other, Exercise)
    assert first.id == again.id != other.id
