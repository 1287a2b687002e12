"""The paper's values, stated a second time, and what every figure in the two recipes rests on."""

import inspect
from dataclasses import fields
from types import ModuleType

import pytest
import torch
from tests.recipes.source_lines import TAGS, comments_of, untagged, values_of
from transformers import PhiConfig, PhiForCausalLM

from hornbook.artifacts.stage import Estimate
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi
from hornbook.recipes import phi_1, phi_1_small
from hornbook.recipes.find import find_recipe, list_recipes
from hornbook.records import DocumentKind
from hornbook.training.config import TrainConfig
from hornbook.training.estimate import paper_hardware

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


@pytest.mark.parametrize("module", [phi_1, phi_1_small])
def test_every_value_says_where_it_comes_from(module: ModuleType) -> None:
    assert untagged(inspect.getsource(module)) == []


@pytest.mark.parametrize("module", [phi_1, phi_1_small])
def test_a_source_line_that_is_taken_away_is_missed(module: ModuleType) -> None:
    source = inspect.getsource(module)
    lines = source.splitlines()
    tagged = [line for line, comment in comments_of(source).items() if TAGS.search(comment)]
    assert len(tagged) == len(values_of(source)) >= 5
    for line in tagged:
        bare = lines[line - 1].split("#")[0] + "#"
        assert untagged("\n".join([*lines[: line - 1], bare, *lines[line:]])) != [], lines[line - 1]


def test_a_value_without_a_source_is_found() -> None:
    assert untagged("A = TrainConfig(\n    dataset='x',\n    num_steps=7,  # Source: section 2.3.\n)\n") == [
        "line 2: A.dataset"
    ]
    assert untagged("MODEL = 3\nA = replace(\n    B,\n    model=MODEL,\n    betas=(0.9, 0.95),  # Usual.\n)\n") == [
        "line 1: MODEL",
        "line 5: A.betas",
    ]
    assert untagged("# Source: section 2.\n# And on.\nA = 3\nB: int = 4  # Gap: so many.\n") == []
    assert untagged("# Source: section 2.\n\nA = 3\nB = 4  # Source: hearsay.\nC = 5  # Gap.\n") == [
        "line 3: A",
        "line 4: B",
        "line 5: C",
    ]


@pytest.mark.parametrize("name", SHAPES)
def test_the_models_have_the_papers_shapes(name: str) -> None:
    shape: ModelConfig = find_recipe(name)(0).stage("pretrain").config.model
    layers, hidden, inner, heads, positions, rows, parameters = SHAPES[name]
    assert (shape.num_layers, shape.hidden_size, shape.intermediate_size) == (layers, hidden, inner)
    assert (shape.num_heads, shape.head_size, shape.rotary_size) == (heads, 64, 32)
    assert (shape.max_position, shape.vocab_size, shape.layer_norm_epsilon) == (positions, rows, 1e-5)
    assert num_parameters(shape) == parameters
    with torch.device("meta"):
        ours = Phi(shape)
    theirs = phi_of_transformers(shape)
    assert sum(tensor.numel() for tensor in ours.parameters()) == parameters
    assert sum(tensor.numel() for tensor in theirs.parameters()) == parameters
    assert {name: tensor.shape for name, tensor in ours.state_dict().items()} == {
        name: tensor.shape for name, tensor in theirs.state_dict().items()
    }


def phi_of_transformers(shape: ModelConfig) -> PhiForCausalLM:
    config = PhiConfig(
        vocab_size=shape.vocab_size,
        num_hidden_layers=shape.num_layers,
        hidden_size=shape.hidden_size,
        intermediate_size=shape.intermediate_size,
        num_attention_heads=shape.num_heads,
        max_position_embeddings=shape.max_position,
    )
    with torch.device("meta"):
        return PhiForCausalLM(config)


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
    if stage == "finetune":
        assert (config.keep_best, config.eval_every, config.checkpoint_every) == (True, 1_000, 1_000)
    else:
        assert not config.keep_best


def test_the_data_are_as_many_as_the_papers() -> None:
    stages = {name: find_recipe("phi-1")(0).stage(name) for name in ("code", "textbooks", "exercises")}
    estimates = {name: stage.estimated() for name, stage in stages.items()}
    assert {name: stage.config.kind for name, stage in stages.items()} == {
        "code": DocumentKind.CODE,
        "textbooks": DocumentKind.TEXTBOOK,
        "exercises": DocumentKind.EXERCISE,
    }
    assert [estimate.data_tokens for estimate in estimates.values()] == [6 * 10**9, 10**9, 180 * 10**6]
    assert estimates["code"].teacher_calls == 100_000
    assert (estimates["exercises"].documents, estimates["exercises"].teacher_calls) == (879_500, 879_500)
    assert estimates["code"].price_usd == pytest.approx(100_000 * (1_200 * 30 + 50 * 60) / 1e6)
    assert estimates["textbooks"].price_usd == pytest.approx(300 * 1.5 + 1_000 * 2.0)


def test_what_the_base_model_takes_is_what_the_paper_reports() -> None:
    pretrain = find_recipe("phi-1")(0).stage("pretrain").estimated()
    assert pretrain.tokens == 50_331_648_000
    assert pretrain.flops == pytest.approx(4.6e20, rel=0.05)
    assert paper_hardware().hours(pretrain.flops) == pytest.approx(770, rel=0.02)
    assert find_recipe("phi-1-small")(0).stage("pretrain").estimated().tokens == 75_497_472_000


def test_the_recipes_are_listed_and_read_the_same_data_with_the_same_seed() -> None:
    assert list_recipes() == ["laptop", "phi-1", "phi-1-small"]
    large, small = (find_recipe(name)(3).fingerprints() for name in ("phi-1", "phi-1-small"))
    assert [name for name in large if large[name] == small[name]] == [
        *("code", "textbooks", "exercises", "deduplicate", "decontaminate", "tokenizer", "tokenize")
    ]


def test_every_figure_of_an_estimate_has_a_sentence() -> None:
    for name in ("phi-1", "phi-1-small", "laptop"):
        for stage in find_recipe(name)(0).stages:
            estimate = stage.estimated()
            if estimate.price_usd or estimate.flops:
                assert estimate.assumptions, stage.name
    assert {field.name for field in fields(Estimate)} >= {"assumptions", "missing"}
