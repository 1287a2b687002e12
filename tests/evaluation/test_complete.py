import ast
import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.evaluation.scripted_model import ScriptedModel
from tests.evaluation.small import benchmark, problem, save_tiny_model

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import EndpointError
from hornbook.evaluation.complete import complete_benchmark, cut_completion, text_of
from hornbook.evaluation.journal import Journal
from hornbook.evaluation.models import CHAT_ENDPOINT, COMPLETION_ENDPOINT, RUN, ModelIdentity, Request, SamplingConfig
from hornbook.export.huggingface import export_huggingface
from hornbook.records import Completion

PROBLEMS = tuple(problem(f"own/{name}", f"def {name}():\n", entry_point=name) for name in ("one", "two", "three"))
OWN = benchmark(PROBLEMS)
KEYS = [(one.task_id, index) for one in PROBLEMS for index in (0, 1)]


def numbered(request: Request) -> str:
    return f"    return {KEYS.index((request.task_id, request.sample_index))}\nprint()\n"


def test_each_problem_is_asked_as_often_as_wanted_and_what_was_answered_before_a_breakdown_is_not_asked_again(
    tmp_path: Path,
) -> None:
    model, steps = ScriptedModel(numbered, group_size=2, break_down_after=2), list[tuple[int, int]]()

    def complete(*before: Completion) -> list[Completion]:
        with Journal(tmp_path / "completions.jsonl", Completion) as journal:
            journal.append(before)
            return complete_benchmark(
                OWN,
                model,
                SamplingConfig(temperature=0.5),
                num_samples=2,
                seed=1,
                journal=journal,
                progress=lambda done, total: steps.append((done, total)),
            )

    kept = [Completion(task_id=name, sample_index=index, raw="kept", text="kept") for name, index in (KEYS[0], KEYS[3])]
    with pytest.raises(EndpointError):
        complete(*kept)
    model.break_down_after = None
    completions = complete()
    assert sorted(model.asked) == sorted(KEYS[1:3] + KEYS[4:])
    assert [(row.task_id, row.sample_index) for row in completions] == KEYS
    assert (completions[2].raw, completions[2].text) == ("    return 2\nprint()\n", "    return 2\n")
    assert [row.text.strip().removeprefix("return ") for row in completions] == ["kept", "1", "2", "kept", "4", "5"]
    assert steps == [(2, 6), (4, 6), (4, 6), (6, 6)]


def test_an_answer_is_cut_as_the_protocol_and_the_kind_of_model_say() -> None:
    raw = "    value = 1\n\n    return value\nprint(one())\n"
    answer = "Sure:\n```python\ndef one():\n    return 1\n\nprint(one())\n```\n"
    whole, stopped = OWN.protocol, benchmark(PROBLEMS, stop_strings=("\nprint", "\n\n")).protocol
    for kind, protocol, said, expected in (
        (RUN, whole, raw, "    value = 1\n\n    return value\n"),
        (RUN, stopped, raw, "    value = 1"),
        (COMPLETION_ENDPOINT, stopped, raw, "    value = 1"),
        (COMPLETION_ENDPOINT, stopped, "    return 1", "    return 1"),
        (CHAT_ENDPOINT, whole, answer, "    pass\n\n\ndef one():\n    return 1\n"),
        (CHAT_ENDPOINT, stopped, answer, "    pass\n\n\ndef one():\n    return 1\n"),
    ):
        assert text_of(protocol, ModelIdentity(kind=kind, name="x", digest=""), PROBLEMS[0], said) == expected


PROMPT = 'import math\n\n\ndef area(r):\n    """The area of a circle."""\n'


@pytest.mark.parametrize(
    ("kept", "cut"),
    [
        ("    return r\n", "\ndef other():\n    return 1\n"),
        ("    return r\n", "@decorated\ndef other():\n    pass\n"),
        ("    return r\n", "\n\n# And now a test:\nassert area(0) == 0\n"),
        ("    return r\n", "    # nothing more\n\n"),
        ("    return (r +", ""),
        ("\n    x = 1\n\n\n    return x\n", "\n\n"),
        ("    x = 1\n# at the margin, yet inside\n    return x\n", "x = 2\n"),
        (
            "    @cached\n    def inner():\n        return 1\n    class A:\n        b = 1\n    return inner()\n",
            "class A:\n",
        ),
        ('    text = """\nat the margin\ndef no():\n"""\n    return text\n', "x\n"),
        ("    text = '''it\\'''s\nhere'''\n    return text\n", "x\n"),
        ("    text = (\n'a'\n'b' # ) not here\n)\n    return text\n", "x\n"),
        ("    text = 1 + \\\n1\n    return text\n", "x\n"),
        ("    a = '#'; b = \"it's\"; c = f\"{r}\"\n    return rb'\\''\n", "x\n"),
        ("    text = 'never closed\n    return text\n", "x\n"),
        ("\treturn r\n", "x\n"),
        ("    if r:\n        return r\n    else:\n        return 0\n", "else:\n    pass\n"),
        ("    return r\r\n", "\r\nx\r\n"),
        ("", "return r\n"),
        ("", "\n\ndef other():\n    pass\n"),
    ],
)
def test_the_function_is_kept_and_the_rest_is_cut(kept: str, cut: str) -> None:
    assert cut_completion(PROMPT, kept + cut) == kept


def test_a_prompt_may_end_within_a_line_a_method_or_outside_of_functions() -> None:
    for prompt, kept, cut in (
        ("def add(", "a, b):\n    return a + b\n", "\nadd(1, 2)\n"),
        ("def add(a, b):\n    return ", "a + b\n", "\nadd(1, 2)\n"),
        ('def add(a, b):\n    """Add', ' two.\n"""\n    return a\n', "x = 1"),
        ("class A:\n    def one(self):\n", "        return 1\n", "\n    def two(self):\n        return 2\n"),
        ("x = 1\n", "y = 2\nz = 3\n", ""),
    ):
        assert cut_completion(prompt, kept + cut) == kept


def test_on_humaneval_the_cut_agrees_with_the_syntax_tree() -> None:
    for one in read_humaneval():
        rambling = f"{one.canonical_solution}\n\n# More\ndef {one.entry_point}_2(x):\n    return x\n\nprint(1)\n"
        text = cut_completion(one.prompt, rambling)
        last = ast.parse(one.prompt + rambling).body[-3]
        assert isinstance(last, ast.FunctionDef)
        assert last.name == one.entry_point
        assert (one.prompt + text).rstrip("\n").count("\n") + 1 == last.end_lineno
        assert one.canonical_solution.startswith(text)


def test_any_rubbish_is_cut_to_a_prefix_that_another_cut_leaves_alone() -> None:
    generator = random.Random(1)
    pieces = ["'", '"', "'''", '"""', "\n", "\n    ", "(", ")", "#", "\\", "def f():", "x", " ", "é", "\r\n", "\t", "f"]
    for _ in range(1000):
        raw = "".join(generator.choices(pieces, k=generator.randrange(30)))
        text = cut_completion(PROMPT, raw)
        assert raw.startswith(text)
        assert cut_completion(PROMPT, text) == text


def test_completing_a_prompt_imports_no_more_of_torch_than_it_needs(tmp_path: Path) -> None:
    ours = save_tiny_model(tmp_path / "ours")
    export_huggingface(ours, ours / "tokenizer.json", None, tmp_path / "theirs")
    # Each of these costs a fifth of a second or more.
    slow = {"transformers", "sympy", "torch._dynamo", "torch.distributed.tensor", "sklearn", "daft", "ray"}
    program = (
        "import sys; from pathlib import Path; from hornbook.evaluation.complete import complete_prompt;"
        f"folders = [Path({str(tmp_path)!r}) / name for name in ('ours', 'theirs')];"
        "texts = {complete_prompt(one, one / 'tokenizer.json', 'def f(', max_new_tokens=4) for one in folders};"
        f"print(len(texts), sorted({slow!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "1 []\n"
