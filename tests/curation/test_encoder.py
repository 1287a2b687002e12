import numpy as np

from hornbook.curation.encode import EncodeConfig, encode
from hornbook.curation.encoder import JoinedEncoder, make_encoder


def test_the_encoder_without_a_model_gives_the_features_of_its_function() -> None:
    texts = ["x = 1\n", "def f(a):\n    return a\n"]
    config = EncodeConfig(num_buckets=2**10)
    encoder = make_encoder(config)
    ours, theirs = encoder.encode(texts), encode(texts, config)
    assert (ours.tokens != theirs.tokens).nnz == 0
    assert np.array_equal(ours.syntax, theirs.syntax)
    assert encoder.name == "tokens and syntax"


def test_joined_encoders_stand_side_by_side() -> None:
    texts = ["x = 1\n", "", "def f(a):\n    return a\n"]
    few, many = make_encoder(EncodeConfig(num_buckets=2**8)), make_encoder(EncodeConfig(num_buckets=2**9))
    joined = JoinedEncoder((few, many))
    features = joined.encode(texts)
    assert features.tokens.shape == (3, 2**8 + 2**9)
    assert (features.tokens[:, 2**8 :] != many.encode(texts).tokens).nnz == 0
    assert np.array_equal(features.syntax, np.hstack([few.encode(texts).syntax, many.encode(texts).syntax]))
    assert joined.name == "tokens and syntax + tokens and syntax"
