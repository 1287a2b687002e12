import ast
import warnings
from typing import Any

import pytest
from tests.evaluation.small import problem

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.evaluation.judge import judge
from hornbook.python_code.answers import extract_completion, find_function, without_thoughts, written_program
from hornbook.records import Completion, Outcome, Problem
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits

DOUBLE = problem(prompt='import math\n\n\ndef double(x):\n    """Twice `x`."""\n', entry_point="double")
HEADER_ONLY = problem(prompt="def double(x):\n", entry_point="double")
TABS = problem(prompt='def double(x):\n\t"""Twice `x`."""\n\t', entry_point="double")
NOTHING_OPEN = problem(prompt='"""Write a function `double`.\nassert double(2) == 4\n"""\n', entry_point="double")
CODE = "def double(x):\n    return 2 * x\n"


def value_of(of: Problem, answer: str, argument: Any = 21) -> Any:
    """What the program makes of an argument; the answers of these tests are our own and harmless."""
    module: dict[str, Any] = {"__name__": "__main__"}
    program = of.prompt + extract_completion(of, answer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(program, "own", "exec"), module)
    return module[of.entry_point](argument)


ANSWERS = {
    "a block with prose around it": f"Sure! Here it is:\n\n```python\n{CODE}```\n\nIt multiplies `x` by 2.",
    "a block without a language": f"```\n{CODE}```",
    "a block that is never closed": f"Here:\n```python\n{CODE}",
    "a longer fence": f"````python\n{CODE}````",
    "tildes": f"~~~python\n{CODE}~~~",
    "a block in a list": "1. The function:\n\n   ```python\n   def double(x):\n       return 2 * x\n   ```\n2. Done.",
    "line breaks of another system": f"```python\n{CODE}```".replace("\n", "\r\n"),
    "line breaks of an old system": f"```python\n{CODE}```".replace("\n", "\r"),
    "the prompt repeated": f"```python\n{DOUBLE.prompt}    return 2 * x\n```",
    "an example that reads input": f"```python\n{CODE}\nx = int(input())\nprint(double(x))\n```",
    "a guarded example": f'```python\n{CODE}\nif __name__ == "__main__":\n    print(double(int(input())))\n```',
    "a test that fails": f"```python\n{CODE}\nresult = double(1)\nif result != 3:\n    raise ValueError\n```",
    "usage in a block before": f"Call it so:\n```python\nprint(double(3))\n```\nThe code:\n```python\n{CODE}```",
    "usage in a block behind": f"```python\n{CODE}```\nCall it:\n```python\ny = double(3)\nprint(y)\nprint(y + 1)\n```",
    "a draft that does not parse": f"```python\ndef double(x):\n    ...(\n```\nBetter:\n```python\n{CODE}```",
    "a second version": f"```python\n{CODE}```\nOr:\n```python\ndef double(x):\n    return x << 2\n```",
    "a helper": "```python\ndef _twice(x):\n    return 2 * x\n\ndef double(x):\n    return _twice(x)\n```",
    "a constant": "```python\nBASE = 1\nFACTOR = BASE + 1\n\ndef double(x):\n    return FACTOR * x\n```",
    "a table filled": "```python\ntable = {}\ntable[0] = 2\n\ndef double(x):\n    return table[0] * x\n```",
    "a constant in a default": "```python\ntwo = 2\n\ndef double(x, factor=two):\n    return factor * x\n```",
    "an import": "```python\nfrom operator import mul\n\ndef double(x):\n    return mul(2, x)\n```",
    "an import that may be missing": (
        "```python\ntry:\n    from no_such_module import mul\nexcept ImportError:\n    from operator import mul\n\n"
        "def double(x):\n    return mul(2, x)\n```"
    ),
    "an import from the future": f"```python\nfrom __future__ import annotations\n\n{CODE}```",
    "an import that the prompt has": "```python\ndef double(x):\n    return x * math.floor(2.5)\n```",
    "a decorator": "```python\nimport functools\n\n@functools.cache\ndef double(x):\n    return 2 * x\n\nprint(1)\n```",
    "a function assigned": "```python\ndouble = lambda x: 2 * x\n```",
    "a function wrapped": f"```python\nimport functools\n\n{CODE}\ndouble = functools.cache(double)\n```",
    "an escape of doubtful form": '```python\ndef double(x):\n    """The sign \\d."""\n    return 2 * x\n```',
    "the body alone": "```python\n    y = x\n    return x + y\n```",
    "the body alone, at the margin": "```python\ny = x\nreturn x + y\n```",
    "the body alone, its first indentation lost": "y = x\n    return x + y",
    "code without a fence, with prose": f"Here is the function:\n\n{CODE}\nIt returns twice the number.\nEasy!",
    "code without a fence, with an import": (
        "from where I stand:\n\nfrom operator import mul\n\ndef double(x):\n    return mul(2, x)\n\nThat's all."
    ),
    "code with only the end of a fence": f"{CODE}```",
    "thoughts first": f"<think>\nMaybe ```python\ndef double(x):\n    return 3\n```\nNo.</think>\n```python\n{CODE}```",
    "thoughts whose start is in the template": f"def double(x):\n    return 3\n</think>\n{CODE}",
}


def test_the_function_is_found_in_answers_of_every_kind_and_a_body_gets_the_indentation_of_its_prompt() -> None:
    for of in (DOUBLE, HEADER_ONLY, TABS, NOTHING_OPEN):
        for name, answer in ANSWERS.items():
            if of is DOUBLE or not any(words in name for words in ("the prompt has", "the body alone")):
                assert value_of(of, answer) == 42, name
    for of in (HEADER_ONLY, TABS):
        for body in ("    y = x\n    return x + y\n", "y = x\nreturn x + y", "\ty = x\n\treturn x + y\n"):
            assert value_of(of, f"```python\n{body}\n```") == value_of(of, body) == 42


def test_the_open_function_is_closed_and_what_is_kept_stays_as_it_was_written() -> None:
    assert extract_completion(DOUBLE, f"```python\n{CODE}```") == f"    pass\n\n\n{CODE}"
    assert extract_completion(TABS, f"```python\n{CODE}```") == f"pass\n\n\n{CODE}"
    body = '    text = """\nat the margin\n"""\n    return 2 * x\n'
    assert extract_completion(DOUBLE, f"```python\n{body}```") == body
    answer = (
        "```python\nimport re; import sys\nfrom math import (\n    floor,  # used\n)\nprint(1)\n\n\n"
        "# Twice.\n@staticmethod\n# Really.\ndef double(x):\n\n    # So:\n    return 2 * floor(x)\nprint(0)\n```"
    )
    assert extract_completion(NOTHING_OPEN, answer) == (
        "import re; import sys\nfrom math import (\n    floor,  # used\n)\n\n"
        "@staticmethod\n# Really.\ndef double(x):\n\n    # So:\n    return 2 * floor(x)\n"
    )


def test_an_asynchronous_function_and_a_class_are_definitions_too() -> None:
    waiting = "async def double(x):\n    return 2 * x\n"
    assert extract_completion(DOUBLE, f"```\nx = 1\n```\n```\n{waiting}```").endswith(f"\n\n\n{waiting}")
    kind = problem(prompt='class Twice:\n    """Doubles."""\n', entry_point="Twice")
    answer = "```python\nclass Twice:\n    def __call__(self, x):\n        return 2 * x\n\nTwice()\n```"
    module: dict[str, Any] = {}
    exec(kind.prompt + extract_completion(kind, answer), module)
    assert module["Twice"]()(21) == 42


def test_what_does_not_parse_stays_a_syntax_error_and_what_defines_nothing_becomes_nothing() -> None:
    for answer in (
        "```python\ndef double(x):\n    return (2 *\n```",
        "def double(x):\n    total = 0\n    for i in range(2",
        "```python\ndef double(x):\n    return 2 * x\n\nThis works because x is doubled.\n```",
        "I cannot help with that.",
    ):
        with pytest.raises(SyntaxError):
            ast.parse(DOUBLE.prompt + extract_completion(DOUBLE, answer))
    for answer in (
        "```python\ndef double_it(x):\n    return 2 * x\n```",
        "```python\nclass Solution:\n    def double(self, x):\n        return 2 * x\n```",
        "",
        "<think>def double(x):\n    return 2 * x\nBut wait",
    ):
        assert value_of(DOUBLE, answer) is None


def test_nothing_hostile_to_a_parser_gets_through_as_an_exception() -> None:
    sums = ["def double(x):\n    return " + "1 + " * length + "1\n" for length in (300, 3000, 20_000)]
    for code in ["\0", "(" * 5000, "-" * 200_000 + "1", "\ud800", "x = 1\rdef double(x):\r    return x", *sums]:
        for answer in (code, f"```python\n{code}\n```"):
            assert isinstance(extract_completion(DOUBLE, answer), str)


def test_a_person_is_shown_the_program_that_the_model_wrote_and_no_thoughts() -> None:
    for of in (DOUBLE, TABS, NOTHING_OPEN):
        expected = of.prompt + CODE if of is NOTHING_OPEN else CODE
        assert written_program(of, extract_completion(of, f"```python\n{CODE}```")) == expected
    assert written_program(DOUBLE, "    return 2 * x\n") == f"{DOUBLE.prompt}    return 2 * x\n"
    assert without_thoughts("<think>\nhm\n</think>\nyes") == "\nyes"
    assert without_thoughts("<think>\nhm") == ""
    assert without_thoughts("a < b and <think> is a tag") == "a < b and <think> is a tag"


def chatty(of: Problem) -> str:
    """The canonical solution as a chat model would present it."""
    return (
        f"Certainly! Below is `{of.entry_point}`:\n\n```python\n{of.prompt}{of.canonical_solution}\n\n"
        f"# Example\nresult = {of.entry_point}(*map(int, input().split()))\nprint(result)\n\n"
        f'if __name__ == "__main__":\n    raise SystemExit({of.entry_point}())\n```\n\n'
        f"You can call it like this:\n\n```python\nprint({of.entry_point}(1))\n```\n"
    )


SHAPES = (
    chatty,
    lambda of: f"Here you go.\n\n{of.prompt}{of.canonical_solution}\nHope this helps!",
    lambda of: f"The body is:\n\n```python\n{of.canonical_solution}```\n\nIt is short.",
    lambda of: of.canonical_solution.strip(),
)


def test_all_canonical_solutions_of_humaneval_pass_when_a_chat_model_presents_them() -> None:
    problems = read_humaneval()
    answers = [SHAPES[number % 4](of) for number, of in enumerate(problems)]
    completions = [
        Completion(task_id=of.task_id, sample_index=0, raw=answer, text=extract_completion(of, answer))
        for of, answer in zip(problems, answers, strict=True)
    ]
    with Jail(Limits(cpu_seconds=3.0)) as jail:
        verdicts = [sample.verdict for sample in judge(problems, completions, jail)]
    assert [one for one in verdicts if one.outcome is not Outcome.PASSED] == []


@pytest.mark.parametrize(
    "answer",
    [
        f"Gladly!\n\n```python\nimport math\n\n{CODE}\nprint(double([1]))\n```\n\nIt doubles.",
        f"```python\n{CODE}\nprint(double([1, 2, ",
        "return 2 * x",
    ],
)
def test_the_function_is_found_in_an_answer_that_may_be_cut_off(answer: str) -> None:
    names: dict[str, Any] = {}
    exec(find_function(DOUBLE, answer) or "", names)
    assert names["double"](21) == 42


@pytest.mark.parametrize(
    "answer", ["", "I cannot do that.", "```python\ndef triple(x):\n    return x\n```", "```python\ndouble([1])"]
)
def test_an_answer_without_the_function_holds_none(answer: str) -> None:
    assert find_function(DOUBLE, answer) is None
