import pytest
import torch
from transformers import PhiConfig, PhiForCausalLM

from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi

TINY = ModelConfig(vocab_size=97, num_layers=3, hidden_size=48, intermediate_size=80, num_heads=3, max_position=300)


def transformers_model(config: ModelConfig, seed: int) -> PhiForCausalLM:
    torch.manual_seed(seed)
    model = PhiForCausalLM(
        PhiConfig(
            vocab_size=config.vocab_size,
            hidden_size=config.hidden_size,
            intermediate_size=config.intermediate_size,
            num_hidden_layers=config.num_layers,
            num_attention_heads=config.num_heads,
            max_position_embeddings=config.max_position,
            partial_rotary_factor=config.rotary_fraction,
            hidden_act="gelu_new",
        )
    ).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return model


def test_logits_equal_those_of_transformers_over_several_attention_blocks() -> None:
    theirs = transformers_model(TINY, 0)
    ours = Phi(TINY).eval()
    ours.load_state_dict(theirs.state_dict())
    tokens = torch.randint(0, TINY.vocab_size, (2, 290), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        difference = (ours(tokens) - theirs(tokens).logits).abs().max().item()
    assert difference < 1e-4


def test_gradients_equal_those_of_transformers() -> None:
    theirs = transformers_model(TINY, 2)
    ours = Phi(TINY)
    ours.load_state_dict(theirs.state_dict())
    tokens = torch.randint(0, TINY.vocab_size, (2, 140), generator=torch.Generator().manual_seed(3))
    for model_logits in (ours(tokens), theirs(tokens).logits):
        torch.nn.functional.cross_entropy(model_logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten()).backward()
    expected = dict(theirs.named_parameters())
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad, expected[name].grad, atol=2e-5, rtol=1e-3)


@pytest.mark.parametrize(
    ("config", "count"),
    [
        (
            ModelConfig(vocab_size=51200, num_layers=24, hidden_size=2048, intermediate_size=8192, num_heads=32),
            1_418_270_720,
        ),
        (
            ModelConfig(vocab_size=51200, num_layers=20, hidden_size=1024, intermediate_size=4096, num_heads=16),
            356_794_368,
        ),
    ],
)
def test_the_parameter_counts_are_those_of_the_paper(config: ModelConfig, count: int) -> None:
    assert num_parameters(config) == count


def test_the_counted_parameters_are_those_of_the_tensors() -> None:
    assert sum(parameter.numel() for parameter in Phi(TINY).parameters()) == num_parameters(TINY)


def test_equal_generators_give_equal_weights_with_the_released_spread() -> None:
    first, second = (Phi(TINY).initialize(torch.Generator().manual_seed(7)) for _ in range(2))
    for name, parameter in first.named_parameters():
        assert torch.equal(parameter, second.get_parameter(name))
    assert first.model.embed_tokens.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert first.lm_head.bias.abs().max().item() == 0
