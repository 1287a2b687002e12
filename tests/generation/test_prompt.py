import random

import pytest

from hornbook.errors import ConfigError
from hornbook.evaluation.complete import cut_completion
from hornbook.generation.prompt import SamplingConfig, StopRule, end_of_function, group_by_length

LENGTHS = [5, 1, 9, 3, 5, 2, 8]


def test_prompts_of_similar_length_go_together_and_what_is_done_leaves_every_other_batch_as_it_was() -> None:
    for skip, batches in (
        (set[int](), [[1, 5, 3], [0, 4, 6], [2]]),
        ({1, 5, 3}, [[0, 4, 6], [2]]),
        ({1, 5, 0}, [[1, 5, 3], [0, 4, 6], [2]]),
        ({2, 6}, [[1, 5, 3], [0, 4, 6]]),
        (set(range(7)), []),
    ):
        assert list(group_by_length(LENGTHS, 3, skip)) == batches


def test_a_value_that_cannot_be_is_refused_by_name() -> None:
    for field, values in {
        "max_new_tokens": [0],
        "temperature": [-0.1, float("nan")],
        "top_p": [0.0],
        "batch_size": [0],
    }.items():
        for value in values:
            with pytest.raises(ConfigError, match=f"`{field}`"):
                SamplingConfig(**{field: value})


PROMPT = "def f():\n"


def test_a_function_ends_before_the_first_line_at_the_left_edge_that_is_in_no_string() -> None:
    for before, kept, more in (
        ("    ", "    return 1\n\n\n", "def g():\n"),
        ("    ", "return (\n    1\n)\n", "print(2)"),
        ("    ", "\n    return 1\n", "x"),
        ("    return 1\n", "", "x = 2"),
        ("", '    s = """\nat the edge\n"""\n    return s\n', "x"),
        ("", "    s = r'''\nit's \\'''\nhere'''\n", "x"),
        ("", '    # it\'s """ no string\n', "x = 1\n"),
        ("", "    s = 'never closed\n", "x = 1\n"),
        ("", '    s = \'"""\'\n', "x = 1\n"),
        ('    """What\n', 'f does.\n    """\n    return 1\n', "f()"),
    ):
        assert end_of_function(PROMPT + before, kept + more) == len(kept), kept
    assert end_of_function("", "def f():") == 0
    for before, text in (
        ("    ", "    return 1\n"),
        ("    ", "\n    x = 1\n# note\n    return x\n"),
        ("    return 1\n", "    # more"),
        ("", '    s = """never closed\nx = 1\ny'),
        ("", "    s = '''ends in a backslash\n\\"),
    ):
        assert end_of_function(PROMPT + before, text) is None, text


def test_what_stands_behind_the_end_would_have_been_cut_anyway() -> None:
    generator = random.Random(1)
    pieces = ["'", '"', "'''", '"""', "\n", "\n", "\n    ", "#", "x", " ", "é", "f", "\\'", "    return 1\n"]
    num_ended = 0
    for _ in range(2000):
        prompt = PROMPT + generator.choice(["", "    ", '    """Doc.\n', "    x = 1\n"])
        text = "".join(generator.choices(pieces, k=generator.randrange(20)))
        end = end_of_function(prompt, text)
        if end is not None:
            num_ended += 1
            assert cut_completion(prompt, text) == cut_completion(prompt, text[:end])
    assert num_ended > 400


def test_a_rule_stops_at_whatever_comes_first() -> None:
    text = "    return 1\n\nprint(1)\n"
    assert StopRule().find(PROMPT, text) == len("    return 1\n\n")
    assert StopRule(strings=("return", "1")).find(PROMPT, text) == 4
    assert StopRule(strings=("print(1)\n",), at_function_end=False).find(PROMPT, text) == text.index("print")
    assert StopRule(at_function_end=False).find(PROMPT, text) is None
    with pytest.raises(ConfigError, match="`stop_strings`"):
        StopRule(strings=("a", ""))


def test_a_search_that_goes_on_finds_what_a_whole_one_finds() -> None:
    generator = random.Random(2)
    pieces = ["'''", '"""', "\n", "\n", "\n    ", "x", "return", "    return 1\n", "# note\n", "ret", "urn"]
    rule = StopRule(strings=("return 1", "rn\n"))
    num_ended = 0
    for _ in range(1000):
        prompt = generator.choice(["", PROMPT, PROMPT + "    ", PROMPT + '    """Doc.\n'])
        text, searched = "", 0
        for piece in generator.choices(pieces, k=12):
            text += piece
            end = rule.find(prompt, text, searched)
            assert end == rule.find(prompt, text)
            if end is not None:
                num_ended += 1
                break
            searched = len(text)
    assert num_ended > 400
