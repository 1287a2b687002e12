import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tests.evaluation.small import PROMPTS, SHAPE, TEXT, problem, requests_of, save_tiny_model, texts_of
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    BertConfig,
    BertModel,
    GenerationConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PhiConfig,
    PhiForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.find import ModelOptions, find_model
from hornbook.evaluation.huggingface import HuggingFaceModel
from hornbook.evaluation.models import RunModel, SamplingConfig
from hornbook.export.huggingface import export_huggingface
from hornbook.pipeline.store import Store
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import END_OF_TEXT, TokenizerConfig, train_tokenizer

MAX_POSITION = 96
LONG = ("never in the text of so small a model",)


def tokenizer() -> Tokenizer:
    document = Document(id="own", kind=DocumentKind.EXERCISE, text=TEXT)
    return train_tokenizer([document] * 2, TokenizerConfig(vocab_size=300))


def save(folder: Path, model: PreTrainedModel) -> Path:
    """A model whose weights were drawn, made lively enough not to repeat one token."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.3, generator=torch.Generator().manual_seed(len(name)))
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer(), eos_token=END_OF_TEXT).save_pretrained(folder)
    return folder


def gpt2() -> GPT2LMHeadModel:
    size = {"n_positions": MAX_POSITION, "n_embd": 32, "n_layer": 2, "n_head": 2, "vocab_size": 320}
    return GPT2LMHeadModel(GPT2Config(**size, bos_token_id=0, eos_token_id=0))


@pytest.fixture(scope="module")
def gpt2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("tiny-gpt2"), gpt2())


@pytest.fixture(scope="module")
def llama_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": MAX_POSITION}
    size = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "vocab_size": 320, **heads}
    model = LlamaForCausalLM(LlamaConfig(**size, bos_token_id=0, eos_token_id=0))
    return save(tmp_path_factory.mktemp("tiny-llama"), model)


@pytest.fixture
def copy(gpt2_folder: Path, tmp_path: Path) -> Path:
    """Of the model, to be changed."""
    return shutil.copytree(gpt2_folder, tmp_path / "copy")


def of(folder: Path, **options: str) -> HuggingFaceModel:
    return HuggingFaceModel(str(folder), device="cpu", **options)


def test_greedy_text_equals_a_loop_without_cache_and_padding(gpt2_folder: Path, llama_folder: Path) -> None:
    ours = tokenizer()
    for folder in (gpt2_folder, llama_folder):
        requests = requests_of(PROMPTS, stop_strings=LONG)
        texts = texts_of(of(folder), requests, SamplingConfig(max_new_tokens=20, batch_size=4))
        theirs = AutoModelForCausalLM.from_pretrained(folder).eval()
        for prompt, text in zip(PROMPTS, texts, strict=True):
            tokens = ours.encode(prompt).ids
            new: list[int] = []
            while len(new) < min(20, MAX_POSITION - len(tokens)) and new[-1:] != [0]:
                with torch.no_grad():
                    logits = theirs(torch.tensor([tokens + new])).logits[0, -1, : ours.get_vocab_size()]
                new.append(int(logits.argmax()))
            assert text == ours.decode(new)
        assert len(set(texts)) > 3, "the model says the same whatever it is asked: nothing was shown"


def test_a_completion_depends_neither_on_its_batch_nor_on_what_is_done(llama_folder: Path) -> None:
    model, requests = of(llama_folder), requests_of(PROMPTS, num_samples=2)
    for temperature in (0.0, 1.0):
        drawn = {"max_new_tokens": 8, "temperature": temperature, "top_p": 0.95}
        whole = list(model.complete(requests, SamplingConfig(batch_size=4, **drawn), 3, ()))
        texts = dict(row for group in whole for row in group)
        in_order = [texts[index] for index in range(len(requests))]
        assert len(whole) == 4
        for batch_size in (1, 64):
            assert texts_of(model, requests, SamplingConfig(batch_size=batch_size, **drawn)) == in_order
        assert (in_order[::2] == in_order[1::2]) is (temperature == 0)
        done = [(requests[index].task_id, requests[index].sample_index) for index in [*texts][:6]]
        rest = list(model.complete(requests, SamplingConfig(batch_size=4, **drawn), 3, done))
        assert rest == [whole[1][2:], *whole[2:]]
    assert texts_of(model, requests, SamplingConfig(batch_size=4, **drawn), seed=4) != in_order


def test_where_all_is_done_no_weights_are_loaded(copy: Path) -> None:
    model = of(copy)
    (copy / "model.safetensors").unlink()
    requests = requests_of([*PROMPTS, TEXT * 9])
    assert list(model.complete(requests, SamplingConfig(), 3, [(one.task_id, 0) for one in requests])) == []
    assert model.count_truncated(requests, SamplingConfig()) == 1
    for damage in (lambda: None, lambda: (copy / "model.safetensors").write_bytes(b"no tensors")):
        damage()
        with pytest.raises(MissingInputError, match=r"weights of `.*copy`"):
            texts_of(of(copy), requests, SamplingConfig())


def test_spaces_at_the_begin_of_a_completion_are_kept(tmp_path: Path) -> None:
    """Tokenizers of the SentencePiece kind write the first token of a text without the space that belongs to it."""
    words = ["<s>", "</s>", "\u2581x", "\u2581", "\u2581=", "=", "x"]
    spaced = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="x"))
    spaced.pre_tokenizer = pre_tokenizers.Metaspace()
    spaced.decoder = decoders.Metaspace()
    config = PhiConfig(
        vocab_size=8, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, eos_token_id=1
    )
    model = PhiForCausalLM(config)
    with torch.no_grad():
        model.lm_head.bias[2] = 1000.0
    model.save_pretrained(tmp_path)
    PreTrainedTokenizerFast(tokenizer_object=spaced, bos_token="<s>", eos_token="</s>").save_pretrained(tmp_path)
    for dtype in ("float32", "bfloat16"):
        requests = requests_of(["x =", ""], stop_strings=LONG)
        assert texts_of(of(tmp_path, dtype=dtype), requests, SamplingConfig(max_new_tokens=3))[0] == " x x x"


def test_end_tokens_and_stop_strings_end_a_completion_and_penalties_do_not_count(gpt2_folder: Path, copy: Path) -> None:
    sampling, requests = SamplingConfig(max_new_tokens=20), requests_of(PROMPTS, stop_strings=LONG)
    plain = texts_of(of(gpt2_folder), requests, sampling)
    [stopped] = texts_of(of(gpt2_folder), requests_of(PROMPTS[:1], stop_strings=(plain[0][5:7], "zzz")), sampling)
    assert stopped == plain[0][: plain[0].index(plain[0][5:7])]
    GenerationConfig(eos_token_id=0, repetition_penalty=3.0, num_beams=3, do_sample=True, top_k=2).save_pretrained(copy)
    assert texts_of(of(copy), requests, sampling) == plain
    GenerationConfig(eos_token_id=[tokenizer().encode(plain[0]).ids[0], 7]).save_pretrained(copy)
    assert texts_of(of(copy), requests[:1], sampling) == [""]


def test_a_prompt_that_is_too_long_is_read_from_its_middle_on_and_counted(gpt2_folder: Path) -> None:
    model, sampling = of(gpt2_folder), SamplingConfig(max_new_tokens=500, batch_size=3)
    prompts = [TEXT * 9 + TEXT[:50], "def f(", TEXT[:60], "", TEXT * 3]
    requests = requests_of(prompts, stop_strings=LONG)
    texts = texts_of(model, requests, sampling)
    assert texts == [texts_of(model, [request], sampling)[0] for request in requests]
    assert model.count_truncated(requests, sampling) == 2
    end = tokenizer().decode(tokenizer().encode(prompts[0]).ids[-(MAX_POSITION - MAX_POSITION // 4) :])
    assert texts_of(model, requests_of([end], stop_strings=LONG), sampling) == texts[:1]


def test_an_exported_run_answers_as_the_run_itself(tmp_path: Path) -> None:
    # Healing spells a prompt's last piece anew: of single bytes, with the same tokens.
    run = save_tiny_model(tmp_path / "run", vocab_size=257)
    export_huggingface(run, run / "tokenizer.json", "", tmp_path / "exported")
    ours = RunModel(run, run / "tokenizer.json", name="tiny", device="cpu")
    # A run's model reads the token that ends a text before each prompt; its prompts' last pieces are one byte long.
    prompts = ["x = 1+", "def f(", "    return 1;", "a" * 60 + ";"]
    expected = texts_of(ours, requests_of(prompts, stop_strings=LONG), SamplingConfig(max_new_tokens=31))
    spoken = requests_of([END_OF_TEXT + prompt for prompt in prompts], stop_strings=LONG)
    assert texts_of(of(tmp_path / "exported"), spoken, SamplingConfig(max_new_tokens=30)) == expected
    assert len(set(expected)) == 4
    assert SHAPE.max_position > 60 + 31
    solutions = ["2\n", "x):\n    return 1\n", "café", "y" * 128]
    problems = [
        problem("own/1", prompt, canonical_solution=text) for prompt, text in zip(prompts, solutions, strict=True)
    ]
    bits = ours.solution_bits(problems)
    spoken_bits = of(tmp_path / "exported").solution_bits(
        [replace(one, prompt=END_OF_TEXT + one.prompt) for one in problems]
    )
    assert bits[3] is spoken_bits[3] is None
    assert spoken_bits[:3] == pytest.approx(bits[:3], abs=1e-3)


@torch.inference_mode()
def test_bits_of_a_solution_are_those_of_its_own_tokens_behind_the_end_of_the_prompt(gpt2_folder: Path) -> None:
    ours, theirs = tokenizer(), AutoModelForCausalLM.from_pretrained(gpt2_folder).eval()
    texts = [("def first_word(text):\n", "    return text.split()[0]\n"), (TEXT * 5, "    return the first word\n")]
    expected = []
    for prompt, text in texts:
        tokens = ours.encode(text).ids
        before = ours.encode(prompt).ids[-(MAX_POSITION - len(tokens)) :]
        logits = theirs(torch.tensor([before + tokens])).logits[0, len(before) - 1 : -1, : ours.get_vocab_size()]
        chosen = logits.double().log_softmax(1).gather(1, torch.tensor(tokens)[:, None])
        expected.append(-float(chosen.sum()) / math.log(2))
        assert ours.encode(prompt + text).ids == ours.encode(prompt).ids + tokens  # A line starts with a token.
    problems = [problem("own/1", prompt, canonical_solution=text) for prompt, text in texts]
    assert of(gpt2_folder).solution_bits(problems) == pytest.approx(expected, rel=1e-4)


def test_the_identity_says_which_weights_and_never_where_they_lie(gpt2_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(gpt2_folder, tmp_path / "a" / gpt2_folder.name)
    (copy / "README.md").write_text("A card does not change what the model says.")
    identity = of(gpt2_folder).identity()
    assert of(copy).identity() == identity
    assert (identity.kind, identity.name, identity.dtype) == ("hugging face", gpt2_folder.name, "float32")
    half = find_model(str(copy), Store(tmp_path / "store"), ModelOptions(device="cpu", dtype="bfloat16")).identity()
    assert half == replace(identity, dtype="bfloat16")
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        before = of(copy).identity().digest
        (copy / name).write_bytes((copy / name).read_bytes() + b"\n")
        assert of(copy).identity().digest != before


def test_a_model_in_the_hubs_cache_is_known_by_its_commit(
    gpt2_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    cached = tmp_path / "models--owner--tiny"
    shutil.copytree(gpt2_folder, cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    model = HuggingFaceModel("owner/tiny", device="cpu")
    assert model.identity().digest == f"owner/tiny@{commit}"
    sampling, requests = SamplingConfig(max_new_tokens=8), requests_of(PROMPTS)
    assert texts_of(model, requests, sampling) == texts_of(of(gpt2_folder), requests, sampling)
    with pytest.raises(MissingInputError, match="`owner/tiny` at `v2`"):
        HuggingFaceModel("owner/tiny", device="cpu", revision="v2")


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("config.json", '{"model', "JSON"),
        ("config.json", "[]", "model_type"),
        ("config.json", '{"model_type": "own"}', "`own`"),
        ("config.json", '{"model_type": "own", "auto_map": {"AutoConfig": "a.B"}}', "code of its own"),
        ("config.json", '{"model_type": "t5"}', "causal"),
        ("config.json", '{"model_type": "gpt2", "n_layer": "many"}', "config.json"),
        ("config.json", None, "config.json"),
        ("tokenizer.json", "{", "tokenizer"),
        ("tokenizer.json", None, "tokenizer"),
    ],
)
def test_a_folder_that_is_no_model_is_refused_in_one_line(copy: Path, name: str, text: str | None, word: str) -> None:
    (copy / name).unlink() if text is None else (copy / name).write_text(text)
    with pytest.raises(MissingInputError, match=word) as caught:
        of(copy)
    assert str(copy) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_options_that_cannot_be_are_refused(copy: Path) -> None:
    for options in ({"device": "quantum"}, {"dtype": "quantum"}):
        with pytest.raises(ConfigError, match="'quantum'"):
            HuggingFaceModel(str(copy), **options)


def test_weights_of_another_purpose_and_numbers_that_overflow_are_no_answer(tmp_path: Path) -> None:
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    bert = of(save(tmp_path / "bert", BertModel(BertConfig(vocab_size=320, **size))))
    with pytest.raises(MissingInputError, match="lacks 6"):
        texts_of(bert, requests_of(["x"]), SamplingConfig())
    hot = save(tmp_path / "hot", gpt2())
    model = GPT2LMHeadModel.from_pretrained(hot)
    with torch.no_grad():
        model.transformer.ln_f.weight.fill_(1e38)
        model.transformer.ln_f.bias.fill_(1e38)
    model.save_pretrained(hot)
    with pytest.raises(ConfigError, match="overflow"):
        texts_of(of(hot), requests_of(["x"]), SamplingConfig())
