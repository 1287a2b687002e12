import ast
import json
import os
import random
import re
import subprocess
import sys
import zlib
from collections import Counter
from pathlib import Path

import pytest
from tests.synthesis.diversity.writers import (
    WORDS,
    exercise,
    varied,
    with_echoes,
    with_other_constants,
    with_other_names,
)
from tests.synthesis.exercises_at_hand import passage

from hornbook.synthesis.diversity.measure import compression_ratio, measure, near_duplicates
from hornbook.synthesis.diversity.monitor import features_of, shape_of, shingles_of, words_of_name

SUM = (
    "def total(values: list[int]) -> int:\n    result = 0\n    for value in values:\n        result += value\n"
    "    return result\n"
)


def outline(source: str) -> tuple[str, ...]:
    """The kinds of nodes in the order of `ast.dump`, without imports, docstrings and type hints."""
    module = ast.parse(source)
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.FunctionDef):
            node.body = [
                one for one in node.body if type(one) is not ast.Import and "value=Constant" not in ast.dump(one)[:20]
            ]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    return tuple(kind for kind in re.findall(r"(\w+)\(", ast.dump(module)) if kind not in ("Load", "Store"))


def jaccard(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0


def runs_of(words: list[str], size: int) -> set[tuple[str, ...]]:
    width = min(size, len(words))
    return {tuple(words[start : start + width]) for start in range(len(words) - width + 1)} if width else set()


def test_figures_are_those_of_counting_by_hand() -> None:
    rng, other = random.Random(0), random.Random(1)
    records = [make(source) for _ in range(60) for make, source in ((varied, rng), (with_echoes, other))]
    found = measure(records)
    texts = [one.prompt + one.solution for one in records]
    shapes = Counter(outline(text) for text in texts)
    names = Counter(one.entry_point for one in records)
    openings = Counter(" ".join(text.split('"""')[1].lower().rstrip(".").split()[:4]) for text in texts)
    assert (found.num_records, found.num_measured) == (120, 120)
    assert (found.names.count, found.names.distinct) == (120, len(names))
    assert found.names.share == pytest.approx(len(names) / 120)
    assert (found.shapes.distinct, found.openings.distinct) == (len(shapes), len(openings))
    assert found.openings.common[0] == min(openings.items(), key=lambda item: (-item[1], item[0]))
    assert found.exact_share == pytest.approx(1 - len(set(texts)) / 120)
    assert found.near_share >= found.exact_share > 0.2
    assert found.name_words.count == sum(len(name.split("_")) for name in names.elements())
    assert found.as_json()["near_share"] == round(found.near_share, 4)
    assert found.stale


def test_a_larger_collection_is_measured_on_as_many_records_spread_evenly() -> None:
    records = [varied(random.Random(number)) for number in range(60)]
    spread = [*records[:20], *[records[0]] * 20, *records[20:]]
    part = measure(spread, 8)
    assert (part.num_records, part.num_measured) == (80, 8)
    assert part.exact_share == pytest.approx(2 / 8)  # Records 0, 10, 20, 30, …: two of them repeat the first.
    empty = measure([])
    assert (empty.num_records, empty.near_share, empty.names.share, empty.compression) == (0, 0.0, None, None)
    assert "NaN" not in json.dumps(empty.as_json())


@pytest.mark.parametrize("threshold", [0.7, 1.0])
def test_near_duplicates_are_those_of_comparing_each_with_each(
    threshold: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hornbook.synthesis.diversity.measure._ROWS_AT_ONCE", 100)
    rng = random.Random(11)
    made: list[list[str]] = [["one"], []]
    for _ in range(250):
        words = list(rng.choice(made[2:])) if len(made) > 2 and rng.random() < 0.5 else rng.choices(WORDS, k=30)
        for _ in range(rng.randrange(3)):
            words[rng.randrange(len(words))] = rng.choice(WORDS)
        made.append(words)
    made.append([])
    sets = [runs_of(words, 5) for words in made]
    expected = [any(jaccard(one, earlier) >= threshold for earlier in sets[:place]) for place, one in enumerate(sets)]
    assert 0.05 < sum(expected) / len(made) < 0.95
    assert near_duplicates([shingles_of(" ".join(words)) for words in made], threshold).tolist() == expected


def test_compression_is_bytes_before_over_bytes_after() -> None:
    rng = random.Random(1)
    alike, unlike = [with_other_constants(rng).prompt for _ in range(50)], [varied(rng).prompt for _ in range(50)]
    joined = "\n\n".join(alike).encode()
    assert compression_ratio(alike) == pytest.approx(len(joined) / len(zlib.compress(joined, 9)))
    assert (compression_ratio(alike) or 0) > 2 * (compression_ratio(unlike) or 0) > 2
    assert compression_ratio([]) is None


def test_shapes_are_equal_exactly_where_the_kinds_of_nodes_are() -> None:
    rng = random.Random(1)
    sources = [
        one.prompt + one.solution
        for one in [*(varied(rng) for _ in range(60)), *(with_other_names(rng) for _ in "abc")]
    ]
    shapes, outlines = [shape_of(ast.parse(source)) for source in sources], [outline(source) for source in sources]
    assert [[a == b for b in shapes] for a in shapes] == [[a == b for b in outlines] for a in outlines]
    assert 30 < len(set(shapes)) < len(shapes)


def test_names_constants_hints_docstrings_and_imports_do_not_belong_to_the_shape() -> None:
    same = [
        SUM.replace("result", "x").replace("value", "y").replace("= 0", "= 17"),
        SUM.replace(": list[int]", "").replace(" -> int", ""),
        SUM.replace("    result = 0", '    """Add them up."""\n    result = 0  # from nothing'),
        "import math\n\n\n" + SUM,
    ]
    others = [SUM.replace("+=", "-="), SUM.replace("= 0", "= []")]
    assert {shape_of(ast.parse(source)) for source in same} == {shape_of(ast.parse(SUM))}
    assert shape_of(ast.parse(SUM)) not in [shape_of(ast.parse(source)) for source in others]


def test_an_exercise_is_read_by_its_docstring_and_a_passage_by_its_prose_and_each_of_its_blocks() -> None:
    prompt = 'import math\n\n\ndef area(r: float) -> float:\n    """Return the area of a circle of radius r."""\n'
    found = features_of(exercise(prompt, "    return math.pi * r**2\n"))
    assert (found.opening, found.names) == ("return the area of", ("area",))
    spaced, plain = (features_of(exercise(prompt, f"    return 1.0{end}")) for end in ("  \n\n", "\n"))
    assert spaced.text_key == plain.text_key
    broken = features_of(exercise("def f(:\n", "    return 1\n", "f"))
    assert (broken.shape, broken.opening, broken.names) == ("", "", ("f",))
    text = (
        "# A title\n\n```python\nfrom os import path\ndef f(x):\n    return x\n```\nSorting puts Things in order.\n"
        "```python\nprint(f(1)\n```\n```\ndef g(): pass\n```\n```\n3\n```\n```python\n>>> y = 2\n>>> y\n2\n```\n"
    )
    seen = features_of(passage(text))
    assert (seen.opening, seen.names) == ("sorting puts things in", ("f", "g"))
    assert seen.shape == features_of(passage(text.replace("return x", "return y"))).shape
    assert seen.shape != features_of(passage(text.replace("def g(): pass", "g = 1"))).shape
    assert seen.shape != features_of(passage(text.replace(">>> y = 2", ">>> y = [2]"))).shape
    names = {"is_prime": ["is", "prime"], "parse_HTTPDate2": ["parse", "http", "date"], "größe": ["größe"], "_": []}
    assert {name: words_of_name(name) for name in names} == names
    nothing = features_of(passage(""))
    assert (nothing.opening, nothing.shape, nothing.names, nothing.shingles) == ("", "", (), frozenset())


def test_figures_are_the_same_in_every_process() -> None:
    script = (
        "import json, random\nfrom tests.synthesis.diversity.writers import varied\n"
        "from hornbook.synthesis.diversity.measure import measure\nrng = random.Random(3)\n"
        "print(json.dumps(measure([varied(rng) for _ in range(40)]).as_json()))\n"
    )
    words, root, rng = [sys.executable, "-c", script], Path(__file__).parents[3], random.Random(3)
    printed = subprocess.check_output(words, cwd=root, env={**os.environ, "PYTHONHASHSEED": "1"}, text=True)
    assert json.loads(printed) == measure([varied(rng) for _ in range(40)]).as_json()
