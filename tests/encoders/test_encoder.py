import numpy as np

from hornbook.encoders.encode import EncodeConfig, encode
from hornbook.encoders.encoder import make_encoder


def test_the_encoder_without_a_model_gives_the_features_of_its_function() -> None:
    texts = ["x = 1\n", "def f(a):\n    return a\n"]
    config = EncodeConfig(bits_per_block=8)
    encoder = make_encoder(config)
    ours, theirs = encoder.encode(texts), encode(texts, config)
    assert (ours.tokens != theirs.tokens).nnz == 0
    assert np.array_equal(ours.dense, theirs.dense)
    assert encoder.name == "tokens and measures"
