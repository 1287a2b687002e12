import numpy as np
import pytest

from hornbook.curation.encode import EncodeConfig, count_tokens, encode, tokenize_code
from hornbook.curation.syntax_features import NODE_KINDS, NUM_FEATURES, syntax_features
from hornbook.errors import ConfigError

CODE = 'def add_all(items):\n    """Sum."""\n    total = 0\n    for item in items:\n        total += item\n'


def test_tokens_are_words_numbers_and_marks_with_the_parts_of_compound_names() -> None:
    assert tokenize_code("getName2(x_y)") == ["getName2", "~get", "~name", "~2", "(", "x_y", "~x", "~y", ")"]
    assert count_tokens("a += 10\n\n") == 4


def test_each_row_depends_on_its_own_text_alone() -> None:
    both = encode([CODE, "x = 1\n"], EncodeConfig())
    alone = encode([CODE], EncodeConfig())
    assert (both.tokens[0] != alone.tokens[0]).nnz == 0
    assert np.array_equal(both.syntax[0], alone.syntax[0])
    assert both.syntax.shape == (2, NUM_FEATURES)


def test_node_counts_are_those_of_the_tree() -> None:
    features = syntax_features(CODE)
    assert features[NODE_KINDS.index("For")] == pytest.approx(np.log(2))
    assert features[NODE_KINDS.index("While")] == 0
    assert features[-1] == 0


@pytest.mark.parametrize("text", ["def broken(:", "x = '\0'", "(" * 5000])
def test_a_text_that_does_not_parse_is_marked(text: str) -> None:
    features = syntax_features(text)
    assert features[-1] == 1
    assert not features[:-1].any()


def test_empty_text_has_finite_features() -> None:
    assert np.isfinite(encode(["", "\n"], EncodeConfig()).syntax).all()


def test_a_wrong_size_is_named() -> None:
    with pytest.raises(ConfigError, match="`ngram_size`"):
        EncodeConfig(ngram_size=0)
