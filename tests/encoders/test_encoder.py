import numpy as np

from hornbook.encoders.encode import EncodeConfig, encode
from hornbook.encoders.encoder import JoinedEncoder, make_encoder


def test_the_encoder_without_a_model_gives_the_features_of_its_function() -> None:
    texts = ["x = 1\n", "def f(a):\n    return a\n"]
    config = EncodeConfig(bits_per_block=8)
    encoder = make_encoder(config)
    ours, theirs = encoder.encode(texts), encode(texts, config)
    assert (ours.tokens != theirs.tokens).nnz == 0
    assert np.array_equal(ours.dense, theirs.dense)
    assert encoder.name == "tokens and measures"


def test_joined_encoders_stand_side_by_side() -> None:
    texts = ["x = 1\n", "", "def f(a):\n    return a\n"]
    few, many = make_encoder(EncodeConfig(bits_per_block=8)), make_encoder(EncodeConfig(bits_per_block=9))
    width = 5 * 2**8
    joined = JoinedEncoder((few, many))
    features = joined.encode(texts)
    assert features.tokens.shape == (3, width + 5 * 2**9)
    assert (features.tokens[:, width:] != many.encode(texts).tokens).nnz == 0
    assert np.array_equal(features.dense, np.hstack([few.encode(texts).dense, many.encode(texts).dense]))
    assert joined.name == "tokens and measures + tokens and measures"
