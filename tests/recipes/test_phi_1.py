"""The paper's values, stated a second time, and what every figure in the two recipes rests on."""

import ast
import inspect
import re

import pytest
import torch
from transformers import PhiConfig, PhiForCausalLM

from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi
from hornbook.recipes import phi_1, phi_1_small
from hornbook.recipes.find import find_recipe, list_recipes
from hornbook.records import DocumentKind
from hornbook.training.config import TrainConfig
from hornbook.training.estimate import paper_hardware

TAGS = re.compile(
    r"# (Source: (.*?)(sections? \d|figure \d|table \d|the released model|`[a-z_/]+\.py`)|Departs: \w|Gap: \w)"
)
"""With a place or a reason behind it."""
SHAPES = {
    # layers, hidden, inner, heads, positions, rows of the embedding, parameters: table of section 2.3 and the release
    "phi-1": (24, 2048, 8192, 32, 2048, 51200, 1_418_270_720),
    "phi-1-small": (20, 1024, 4096, 16, 2048, 51200, 356_794_368),
}
TRAININGS = {
    # steps, used step, rows, tokens a row, rate, warm-up, decay of weights, dropout: section 2.3
    ("phi-1", "pretrain"): (36_000, 24_000, 1024, 2048, 1e-3, 750, 0.1, 0.1),
    ("phi-1-small", "pretrain"): (36_000, 36_000, 1024, 2048, 1e-3, 750, 0.1, 0.1),
    ("phi-1", "finetune"): (6_000, 6_000, 256, 2048, 1e-4, 50, 0.01, 0.1),
    ("phi-1-small", "finetune"): (6_000, 6_000, 256, 2048, 1e-4, 50, 0.01, 0.1),
}


def values_of(source: str) -> list[ast.expr | ast.keyword]:
    """The constants of a recipe; of those that a call makes, each field of the call but other constants."""
    constants = {
        statement.targets[0].id: statement.value
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        if isinstance(statement.targets[0], ast.Name) and statement.targets[0].id.isupper()
    }
    found: list[ast.expr | ast.keyword] = []
    for value in constants.values():
        fields = value.keywords if isinstance(value, ast.Call) else []
        named = [field for field in fields if isinstance(field.value, ast.Name) and field.value.id in constants]
        found += [field for field in fields if field not in named and field.arg != "basis"] or [value] * (not fields)
    return found


def test_every_value_says_where_it_comes_from() -> None:
    for module in (phi_1, phi_1_small):
        source = inspect.getsource(module)
        lines = source.splitlines()
        values = values_of(source)
        assert len(values) >= 5
        for value in values:
            first = value.lineno - 1
            while lines[first - 1].lstrip().startswith("#"):
                first -= 1
            assert TAGS.search("\n".join(lines[first : value.end_lineno])), lines[value.lineno - 1]


@pytest.mark.parametrize("name", SHAPES)
def test_the_models_have_the_papers_shapes(name: str) -> None:
    shape: ModelConfig = find_recipe(name)(0).stage("pretrain").config.model
    layers, hidden, inner, heads, positions, rows, parameters = SHAPES[name]
    assert (shape.num_layers, shape.hidden_size, shape.intermediate_size) == (layers, hidden, inner)
    assert (shape.num_heads, shape.head_size, shape.rotary_size) == (heads, 64, 32)
    assert (shape.max_position, shape.vocab_size, shape.layer_norm_epsilon) == (positions, rows, 1e-5)
    assert num_parameters(shape) == parameters
    config = PhiConfig(
        vocab_size=rows,
        num_hidden_layers=layers,
        hidden_size=hidden,
        intermediate_size=inner,
        num_attention_heads=heads,
        max_position_embeddings=positions,
    )
    with torch.device("meta"):
        ours, theirs = Phi(shape).state_dict(), PhiForCausalLM(config).state_dict()
    assert {key: tensor.shape for key, tensor in ours.items()} == {key: tensor.shape for key, tensor in theirs.items()}
    assert sum(tensor.numel() for tensor in theirs.values()) == parameters


@pytest.mark.parametrize(("name", "stage"), TRAININGS)
def test_the_trainings_have_the_papers_schedules(name: str, stage: str) -> None:
    config: TrainConfig = find_recipe(name)(0).stage(stage).config
    steps, used, rows, length, rate, warmup, weight_decay, dropout = TRAININGS[name, stage]
    assert (config.dataset, config.num_steps, config.last_step) == (stage, steps, used)
    assert (config.batch_size, config.sequence_length) == (rows, length)
    assert (config.learning_rate, config.warmup_steps) == (rate, warmup)
    assert (config.optimizer, config.weight_decay, config.betas) == ("adamw", weight_decay, (0.9, 0.95))
    assert (config.epsilon, config.clip_norm, config.precision) == (1e-8, 1.0, "bfloat16")
    assert (config.residual_dropout, config.attention_dropout, config.mask_documents) == (dropout, dropout, False)
    assert config.keep_best is (stage == "finetune")
    assert config.eval_every == 1_000


def test_the_data_and_the_base_model_take_what_the_paper_reports() -> None:
    pipeline = find_recipe("phi-1")(0)
    estimates = {name: pipeline.stage(name).estimated() for name in ("code", "textbooks", "exercises")}
    assert [pipeline.stage(name).config.kind for name in estimates] == [
        DocumentKind.CODE,
        DocumentKind.TEXTBOOK,
        DocumentKind.EXERCISE,
    ]
    assert [estimate.data_tokens for estimate in estimates.values()] == [6 * 10**9, 10**9, 180 * 10**6]
    assert estimates["code"].teacher_calls == 100_000
    assert (estimates["exercises"].documents, estimates["exercises"].teacher_calls) == (879_500, 879_500)
    assert estimates["code"].price_usd == pytest.approx(100_000 * (1_200 * 30 + 50 * 60) / 1e6)
    assert estimates["textbooks"].price_usd == pytest.approx(300 * 1.5 + 1_000 * 2.0)
    pretrain = pipeline.stage("pretrain").estimated()
    assert pretrain.tokens == 50_331_648_000
    assert pretrain.flops == pytest.approx(4.6e20, rel=0.05)
    assert paper_hardware().hours(pretrain.flops) == pytest.approx(770, rel=0.02)
    assert find_recipe("phi-1-small")(0).stage("pretrain").estimated().tokens == 75_497_472_000
    for stage in (stage for name in list_recipes() for stage in find_recipe(name)(0).stages):
        estimate = stage.estimated()
        assert estimate.assumptions or not (estimate.price_usd or estimate.flops), stage.name


def test_the_recipes_are_listed_and_read_the_same_data_with_the_same_seed() -> None:
    assert list_recipes() == ["laptop", "overnight", "phi-1", "phi-1-small"]
    large, small, other = (
        find_recipe(name)(seed).fingerprints() for name, seed in (("phi-1", 3), ("phi-1-small", 3), ("phi-1", 4))
    )
    assert [name for name in large if large[name] == small[name]] == [
        *("code", "textbooks", "exercises", "deduplicate", "decontaminate", "tokenizer", "tokenize")
    ]
    assert not set(large.values()) & set(other.values())
