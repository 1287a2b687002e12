import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.encoders.tiny_language_models import save_model

from hornbook.decontamination.code_embeddings import CodeEmbeddingConfig, CodeEmbeddingIndex, cosines, l2_distance
from hornbook.decontamination.functions import functions_in, read_text, solution_of
from hornbook.decontamination.labelled_set import PairKind, load_labelled_set
from hornbook.decontamination.matches import Detector, Match
from hornbook.encoders.encode import EncodeConfig, Features
from hornbook.encoders.encoder import Encoder, JoinedEncoder, make_encoder
from hornbook.encoders.hidden_states import HiddenStatesEncoder, describe_language_model
from hornbook.encoders.shape import ShapeConfig, ShapeEncoder
from hornbook.errors import ConfigError
from hornbook.records import Problem

LABELLED, PAIRS = load_labelled_set()
PROBLEMS = [one.problem for one in LABELLED]
SHAPE = ShapeEncoder(ShapeConfig())
EVERYTHING = CodeEmbeddingConfig(min_score=1e-6, min_nodes=1)


def index(config: CodeEmbeddingConfig | None = None, problems: Sequence[Problem] = PROBLEMS) -> CodeEmbeddingIndex:
    return CodeEmbeddingIndex(problems, config or CodeEmbeddingConfig(), SHAPE)


def place(task_id: str) -> int:
    return [problem.task_id for problem in PROBLEMS].index(task_id)


def unit_row(code: str) -> NDArray[np.float64]:
    row: NDArray[np.float64] = SHAPE.encode([code]).tokens.toarray()[0]
    return row / np.linalg.norm(row)


def test_matches_are_those_of_all_pairs_compared_one_by_one() -> None:
    texts = [read_text(pair.text) for pair in PAIRS[:16]]
    problems = PROBLEMS[:6]
    least = 0.3
    solutions = [solution_of(problem) for problem in problems]
    solution_rows = [unit_row(solution.code) for solution in solutions if solution is not None]
    expected = []
    for at, read in enumerate(texts):
        rows = [unit_row(function.code) for function in read.functions]
        for problem_at, solution_row in enumerate(solution_rows):
            scores = [float(row @ solution_row) for row in rows]
            best = int(np.argmax(np.round(scores, 9)))
            if scores[best] >= least:
                expected.append((at, problem_at, pytest.approx(scores[best], abs=1e-8), read.functions[best].name))
    found = index(CodeEmbeddingConfig(min_score=least, min_nodes=1), problems).matches(texts)
    assert [(match.text, match.problem, match.score, match.function) for match in found] == expected
    assert 16 < len(expected) < 16 * 6


def test_a_renamed_solution_is_found_with_its_window_and_distance() -> None:
    [pair] = [pair for pair in PAIRS if pair.kind is PairKind.RENAMED and pair.task_id == "labelled/admit_requests"]
    text = f"import os\n\n\ndef small(x):\n    return x\n\n\n{pair.text}\n\nprint(1)\n"
    [found] = index().matches([read_text("x = 1\n"), read_text(text)])
    function = functions_in(pair.text)[-1]
    assert found == Match(
        text=1,
        problem=place(pair.task_id),
        detector=Detector.CODE,
        score=1.0,
        evidence=f"the code of `{function.name}` is near the solution's: L2 distance 0.00 (unit vectors)",
        function=function.name,
        window=(text.index(f"def {function.name}"), text.index("\n\nprint(1)")),
    )


def test_all_renamed_solutions_are_found_and_no_unrelated_record() -> None:
    found = index().matches([read_text(pair.text) for pair in PAIRS])
    pairs = {(match.text, match.problem) for match in found}
    for at, pair in enumerate(PAIRS):
        if pair.kind is PairKind.RENAMED:
            assert (at, place(pair.task_id)) in pairs
        if pair.kind is PairKind.UNRELATED:
            assert not [1 for text, _ in pairs if text == at]


def test_functions_in_fenced_code_are_found() -> None:
    code = PROBLEMS[0].prompt + PROBLEMS[0].canonical_solution
    text = f"Read this.\n\n```python\n{code}```\n"
    [found] = index().matches([read_text(text)])
    assert text[slice(*found.window)].startswith("def ")
    assert found.problem == 0


def test_of_equal_functions_the_first_counts() -> None:
    code = PROBLEMS[0].prompt + PROBLEMS[0].canonical_solution
    name = PROBLEMS[0].entry_point
    text = code.replace(name, "first") + "\n\n" + code.replace(name, "second")
    [found] = index().matches([read_text(text)])
    assert found.function == "first"


def test_what_a_text_gets_does_not_depend_on_the_texts_beside_it() -> None:
    texts = [read_text(pair.text) for pair in PAIRS[:24]]
    together = index(EVERYTHING).matches(texts)
    alone = [
        (at, match.problem, match.score, match.evidence, match.window)
        for at, read in enumerate(texts)
        for match in index(EVERYTHING).matches([read])
    ]
    assert [(one.text, one.problem, one.score, one.evidence, one.window) for one in together] == alone


def test_small_solutions_and_those_that_do_not_parse_are_never_found() -> None:
    small = Problem(
        task_id="small",
        prompt="def size(text):\n",
        entry_point="size",
        canonical_solution="    return len(text)\n",
        test="",
        category="",
    )
    broken = Problem(task_id="broken", prompt="def f(:\n", entry_point="f", canonical_solution="", test="", category="")
    texts = [read_text(small.prompt + small.canonical_solution)]
    assert index(problems=[small, broken]).num_indexed == 0
    assert index(problems=[small, broken]).matches(texts) == []
    [found] = index(EVERYTHING, problems=[broken, small]).matches(texts)
    assert (found.problem, found.score) == (1, 1.0)


def test_no_texts_and_no_problems_have_no_matches() -> None:
    assert index().matches([]) == []
    assert index().matches([read_text("x = 1\n"), read_text("")]) == []
    assert index(problems=[]).matches([read_text("def f(x):\n    return x\n")]) == []


def test_a_language_model_and_both_encoders_together_find_the_solutions_themselves(tmp_path: Path) -> None:
    states = HiddenStatesEncoder(describe_language_model(str(save_model(tmp_path)), device="cpu"))
    encoders: list[Encoder] = [states, JoinedEncoder((SHAPE, states)), make_encoder(EncodeConfig())]
    problems = PROBLEMS[:4]
    texts = [read_text(problem.prompt + problem.canonical_solution) for problem in problems]
    for encoder in encoders:
        found = CodeEmbeddingIndex(problems, EVERYTHING, encoder).matches(texts)
        scores = {(match.text, match.problem): match.score for match in found}
        assert len({score for pair, score in scores.items() if pair[0] != pair[1]}) > 3
        for at in range(4):
            assert scores[at, at] == pytest.approx(1.0, abs=1e-4)


def test_cosines_of_both_views_are_averaged_and_obtuse_angles_are_0() -> None:
    from scipy.sparse import csr_matrix

    left = Features(tokens=csr_matrix([[3.0, 4.0], [0.0, 0.0]]), dense=np.array([[1.0, 0.0], [0.0, 0.0]]))
    right = Features(tokens=csr_matrix([[4.0, 3.0], [0.0, 2.0]]), dense=np.array([[0.0, 2.0], [-9.0, 0.0]]))
    assert cosines(left, right).tolist() == [[0.48, 0.0], [0.0, 0.0]]


def test_the_distance_is_that_of_the_unit_vectors() -> None:
    draw = np.random.default_rng(5)
    left, right = draw.normal(size=(2, 7))
    left, right = left / np.linalg.norm(left), right / np.linalg.norm(right)
    assert l2_distance(float(left @ right)) == pytest.approx(math.dist(left, right))
    assert l2_distance(1.0) == 0.0


@pytest.mark.parametrize(("name", "value"), [("min_score", 0.0), ("min_score", 1.01), ("min_nodes", 0)])
def test_a_wrong_value_is_named(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"`{name}`"):
        CodeEmbeddingConfig(**{name: value})
