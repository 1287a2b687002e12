import pytest

from hornbook.synthesis.answers import find_function

PROMPT = 'from typing import List\n\n\ndef double(numbers: List[int]) -> List[int]:\n    """Double each."""\n'
PLAIN = "def double(numbers: List[int]) -> List[int]:\n    return [2 * number for number in numbers]\n"


def run(code: str | None) -> list[int]:
    assert code is not None
    names: dict[str, object] = {}
    exec(code, names)
    return names["double"]([1, 2])  # type: ignore[operator, no-any-return]


@pytest.mark.parametrize(
    "answer",
    [
        f"```python\n{PLAIN}```",
        f"Gladly!\n\n```python\nimport math\n\n{PLAIN}\nprint(double([1]))\n```\n\nIt doubles.",
        PLAIN,
        f"Here it is:\n\n{PLAIN}\nThis works.",
        f"```python\n{PLAIN}",
        f"```python\n{PLAIN}\nprint(double([1, 2, ",
        f"<think>Shall I?\n```python\nx = 1\n```</think>\n```python\n{PLAIN}```",
        f"```\nfactor = 2\n```\n\n```py\n{PLAIN}```",
        "```python\n    return [2 * number for number in numbers]\n```",
        "return [2 * number for number in numbers]",
        "```python\nfactor = 2\n\ndef twice(number):\n    return factor * number\n\n"
        "def double(numbers):\n    return [twice(number) for number in numbers]\n\nassert double([1]) == [3]\n```",
        f"```python\r\n{PLAIN.replace(chr(10), chr(13) + chr(10))}```",
    ],
)
def test_the_function_is_found_and_runs_with_the_prompts_imports(answer: str) -> None:
    assert run(find_function(answer, PROMPT, "double")) == [2, 4]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I cannot do that.",
        "```python\ndef triple(numbers):\n    return numbers\n```",
        "```python\ndef double(numbers:\n```",
        "```python\ndouble([1, 2])\n```",
    ],
)
def test_an_answer_without_the_function_holds_none(answer: str) -> None:
    code = find_function(answer, PROMPT, "double")
    assert code is None or run(code) != [2, 4]


def test_what_only_uses_the_function_is_left_out() -> None:
    code = find_function(f"```python\n{PLAIN}\nwhile True:\n    pass\n```", PROMPT, "double")
    assert code is not None
    assert "while" not in code
