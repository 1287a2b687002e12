import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch
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
    T5Config,
    T5ForConditionalGeneration,
)

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.huggingface import HuggingFaceModel
from hornbook.evaluation.models import Model, Request, RunModel, SamplingConfig
from hornbook.export.huggingface import export_huggingface
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.records import Document, DocumentKind, Problem
from hornbook.tokens.tokenizer import END_OF_TEXT, TokenizerConfig, train_tokenizer

TEXT = (
    'def first_word(text):\n    """Return the first word of the text, café included."""\n    return text.split()[0]\n'
)
MAX_POSITION = 96


def tokenizer(vocab_size: int = 300) -> Tokenizer:
    document = Document(id="own", kind=DocumentKind.EXERCISE, text=TEXT)
    return train_tokenizer([document] * 2, TokenizerConfig(vocab_size=vocab_size))


def save(folder: Path, model: PreTrainedModel, *, with_tokenizer: bool = True) -> Path:
    """A model whose weights were drawn, made lively enough not to repeat one token."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.3, generator=torch.Generator().manual_seed(len(name)))
    model.save_pretrained(folder)
    if with_tokenizer:
        PreTrainedTokenizerFast(tokenizer_object=tokenizer(), eos_token=END_OF_TEXT).save_pretrained(folder)
    return folder


def gpt2(**changes: object) -> GPT2LMHeadModel:
    size = {"n_positions": MAX_POSITION, "n_embd": 32, "n_layer": 2, "n_head": 2, "vocab_size": 320}
    return GPT2LMHeadModel(GPT2Config(**{**size, "bos_token_id": 0, "eos_token_id": 0, **changes}))


def llama() -> LlamaForCausalLM:
    config = LlamaConfig(
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        vocab_size=320,
        max_position_embeddings=MAX_POSITION,
        bos_token_id=0,
        eos_token_id=0,
    )
    return LlamaForCausalLM(config)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other make so small a model slower, much slower on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp(request.param), {"gpt2": gpt2, "llama": llama}[request.param]())


@pytest.fixture(scope="module")
def gpt2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("tiny-gpt2"), gpt2())


def problem_of(task_id: str, prompt: str) -> Problem:
    return Problem(task_id=task_id, prompt=prompt, entry_point="", canonical_solution="", test="", category="")


def requests_of(prompts: Sequence[str], *, num_samples: int = 1, stop_strings: tuple[str, ...] = ()) -> list[Request]:
    return [
        Request(problem=problem_of(f"own/{number}", prompt), sample_index=index, stop_strings=stop_strings)
        for number, prompt in enumerate(prompts)
        for index in range(num_samples)
    ]


def texts_of(model: Model, requests: list[Request], sampling: SamplingConfig, seed: int = 3) -> list[str]:
    texts = {index: text for group in model.complete(requests, sampling, seed, ()) for index, text in group}
    return [texts[index] for index in range(len(requests))]


PROMPTS = ["def f(", TEXT[:30], TEXT[:61], TEXT, "x", "é", "def first_word(text):\n    "]
LONG = ("never in the text of so small a model",)


def test_greedy_text_equals_a_loop_without_cache_and_padding(folder: Path) -> None:
    model = HuggingFaceModel(str(folder), device="cpu")
    requests = requests_of(PROMPTS, stop_strings=LONG)
    texts = texts_of(model, requests, SamplingConfig(max_new_tokens=24, batch_size=4))
    theirs = AutoModelForCausalLM.from_pretrained(folder).eval()
    ours = tokenizer()
    for prompt, text in zip(PROMPTS, texts, strict=True):
        tokens = ours.encode(prompt).ids
        new: list[int] = []
        while len(new) < min(24, MAX_POSITION - len(tokens)):
            with torch.no_grad():
                logits = theirs(torch.tensor([tokens + new])).logits[0, -1, : ours.get_vocab_size()]
            new.append(int(logits.argmax()))
            if new[-1] == 0:
                break
        assert text == ours.decode(new)
    assert len(set(texts)) > 3, "the model says the same whatever it is asked: nothing was shown"


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_completion_does_not_depend_on_its_batch(folder: Path, temperature: float) -> None:
    model = HuggingFaceModel(str(folder), device="cpu")
    requests = requests_of(PROMPTS, num_samples=2, stop_strings=("\n",))
    texts = [
        texts_of(
            model,
            requests,
            SamplingConfig(max_new_tokens=20, temperature=temperature, top_p=0.95, batch_size=batch_size),
        )
        for batch_size in (1, 3, 64)
    ]
    assert texts[0] == texts[1] == texts[2]
    assert (texts[0][::2] == texts[0][1::2]) is (temperature == 0)


def test_a_resumed_evaluation_has_the_texts_of_an_undisturbed_one(gpt2_folder: Path) -> None:
    model = HuggingFaceModel(str(gpt2_folder), device="cpu")
    requests = requests_of(PROMPTS, num_samples=2)
    sampling = SamplingConfig(max_new_tokens=20, temperature=1.0, batch_size=4)
    whole = list(model.complete(requests, sampling, 3, ()))
    texts = dict(row for group in whole for row in group)
    done = [(requests[index].task_id, requests[index].sample_index) for index in [*texts][:6]]
    rest = list(model.complete(requests, sampling, 3, done))
    assert len(whole) == 4
    assert rest == [whole[1][2:], *whole[2:]]
    assert texts_of(model, requests, sampling, seed=4) != [texts[index] for index in range(len(requests))]


def test_where_all_is_done_no_weights_are_loaded(gpt2_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(gpt2_folder, tmp_path / "copy")
    model = HuggingFaceModel(str(copy), device="cpu")
    (copy / "model.safetensors").unlink()
    requests = requests_of([*PROMPTS, TEXT * 9])
    assert list(model.complete(requests, SamplingConfig(), 3, [(one.task_id, 0) for one in requests])) == []
    assert model.count_truncated(requests, SamplingConfig()) == 1


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
        hugging = HuggingFaceModel(str(tmp_path), device="cpu", dtype=dtype)
        texts = texts_of(hugging, requests_of(["x =", ""], stop_strings=LONG), SamplingConfig(max_new_tokens=3))
        assert texts[0] == " x x x"


def test_an_end_token_and_a_stop_rule_end_a_completion(gpt2_folder: Path, tmp_path: Path) -> None:
    sampling = SamplingConfig(max_new_tokens=30)
    model = HuggingFaceModel(str(gpt2_folder), device="cpu")
    [whole] = texts_of(model, requests_of(PROMPTS[:1], stop_strings=LONG), sampling)
    [stopped] = texts_of(model, requests_of(PROMPTS[:1], stop_strings=(whole[5:7], "zzz")), sampling)
    assert stopped == whole[: whole.index(whole[5:7])]
    copy = shutil.copytree(gpt2_folder, tmp_path / "copy")
    first = tokenizer().encode(whole).ids[0]
    GenerationConfig(eos_token_id=[first, 7], repetition_penalty=3.0).save_pretrained(copy)
    assert texts_of(HuggingFaceModel(str(copy), device="cpu"), requests_of(PROMPTS[:1]), sampling) == [""]


def test_a_models_own_penalties_do_not_count(gpt2_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(gpt2_folder, tmp_path / "copy")
    GenerationConfig(eos_token_id=0, repetition_penalty=3.0, num_beams=3, do_sample=True, top_k=2).save_pretrained(copy)
    requests = requests_of(PROMPTS)
    plain, penal = (
        texts_of(HuggingFaceModel(str(path), device="cpu"), requests, SamplingConfig(max_new_tokens=20))
        for path in (gpt2_folder, copy)
    )
    assert plain == penal


def test_a_prompt_that_is_too_long_is_read_from_its_middle_on_and_counted(gpt2_folder: Path) -> None:
    model = HuggingFaceModel(str(gpt2_folder), device="cpu")
    sampling = SamplingConfig(max_new_tokens=500, batch_size=3)
    prompts = [TEXT * 9 + TEXT[:50], "def f(", TEXT[:60], "", TEXT * 3]
    requests = requests_of(prompts, stop_strings=LONG)
    texts = texts_of(model, requests, sampling)
    alone = [texts_of(model, requests[index : index + 1], sampling)[0] for index in range(len(requests))]
    assert texts == alone
    assert model.count_truncated(requests, sampling) == 2
    end = tokenizer().decode(tokenizer().encode(prompts[0]).ids[-(MAX_POSITION - MAX_POSITION // 4) :])
    assert texts_of(model, requests_of([end], stop_strings=LONG), sampling) == texts[:1]


def test_an_exported_run_answers_as_the_run_itself(tmp_path: Path) -> None:
    bytewise = tokenizer(257)  # healing spells a prompt's last piece anew: of single bytes, with the same tokens
    run = tmp_path / "run"
    run.mkdir()
    bytewise.save(str(run / "tokenizer.json"))
    shape = ModelConfig(
        vocab_size=320, num_layers=2, hidden_size=32, intermediate_size=64, num_heads=2, max_position=128
    )
    phi = Phi(shape).initialize(torch.Generator().manual_seed(1))
    with torch.no_grad():
        for parameter in phi.parameters():
            parameter.mul_(8)
    save_model(phi, run)
    export_huggingface(run, run / "tokenizer.json", "", tmp_path / "exported")
    ours = RunModel(run, run / "tokenizer.json", name="tiny", device="cpu")
    theirs = HuggingFaceModel(str(tmp_path / "exported"), device="cpu")
    # A run's model reads the token that ends a text before each prompt; its prompts' last pieces are one byte long.
    prompts = ["x = 1+", "def f(", "    return 1;", "a" * 60 + ";"]
    expected = texts_of(ours, requests_of(prompts, stop_strings=LONG), SamplingConfig(max_new_tokens=31))
    spoken = requests_of([END_OF_TEXT + prompt for prompt in prompts], stop_strings=LONG)
    assert texts_of(theirs, spoken, SamplingConfig(max_new_tokens=30)) == expected
    assert len(set(expected)) == 4


def test_the_identity_says_which_weights_and_never_where_they_lie(gpt2_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(gpt2_folder, tmp_path / "a" / gpt2_folder.name)
    (copy / "README.md").write_text("A card does not change what the model says.")
    identity = HuggingFaceModel(str(gpt2_folder), device="cpu").identity()
    assert HuggingFaceModel(f"{copy}/", device="cpu").identity() == identity
    assert (identity.kind, identity.name, identity.dtype) == ("hugging face", gpt2_folder.name, "float32")
    assert HuggingFaceModel(str(copy), device="cpu", dtype="bfloat16").identity() != identity
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        whole = (copy / name).read_bytes()
        (copy / name).write_bytes(whole + b"\n" if name.endswith("json") else whole[:-1] + b"\0")
        assert HuggingFaceModel(str(copy), device="cpu").identity().digest != identity.digest
        (copy / name).write_bytes(whole)


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
    expected = texts_of(HuggingFaceModel(str(gpt2_folder), device="cpu"), requests, sampling)
    assert texts_of(model, requests, sampling) == expected
    with pytest.raises(MissingInputError, match="`owner/tiny` at `v2`"):
        HuggingFaceModel("owner/tiny", device="cpu", revision="v2")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("owner/no-such-model", "hub cannot be reached"),
        ("./no-such-folder", "neither a folder here nor a name"),
        ("no such name", "neither a folder here nor a name"),
    ],
)
def test_a_name_that_stands_for_nothing_is_refused(name: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(MissingInputError, match=message) as caught:
        HuggingFaceModel(name, device="cpu")
    assert f"`{name}`" in str(caught.value)
    assert len(str(caught.value)) < 250


def break_config(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text)


def change_config(folder: Path, **changes: object) -> None:
    break_config(folder, json.dumps({**json.loads((folder / "config.json").read_text()), **changes}))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), "holds no model: it has no `config.json`"),
        (lambda folder: break_config(folder, '{"model'), "is no JSON"),
        (lambda folder: break_config(folder, "[]"), "no model of transformers"),
        (lambda folder: break_config(folder, '{"num_layers": 2}'), "no model of transformers"),
        (lambda folder: change_config(folder, model_type="own"), "is a `own`, which the installed transformers"),
        (lambda folder: change_config(folder, model_type="own", auto_map={"AutoConfig": "a.B"}), "code of its own"),
        (lambda folder: change_config(folder, n_layer="many"), "cannot be used"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "has no tokenizer"),
        (lambda folder: [path.unlink() for path in folder.glob("tokenizer*")], "has no tokenizer"),
    ],
)
def test_a_folder_that_is_no_model_is_refused_at_once(
    damage: object, message: str, gpt2_folder: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(gpt2_folder, tmp_path / "copy")
    assert callable(damage)
    damage(copy)
    with pytest.raises(MissingInputError, match=message) as caught:
        HuggingFaceModel(str(copy), device="cpu")
    assert str(copy) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"no tensors")])
def test_weights_that_cannot_be_loaded_are_named(damage: object, gpt2_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(gpt2_folder, tmp_path / "copy")
    assert callable(damage)
    damage(copy / "model.safetensors")
    with pytest.raises(MissingInputError, match=r"weights of `.*` cannot be loaded"):
        texts_of(HuggingFaceModel(str(copy), device="cpu"), requests_of(["x"]), SamplingConfig())


def test_a_model_for_another_purpose_is_refused(tmp_path: Path) -> None:
    t5 = T5Config(vocab_size=320, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    with pytest.raises(MissingInputError, match="is a `t5`, which is no causal language model"):
        HuggingFaceModel(str(save(tmp_path / "t5", T5ForConditionalGeneration(t5))), device="cpu")
    bert = BertConfig(vocab_size=320, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    model = HuggingFaceModel(str(save(tmp_path / "bert", BertModel(bert))), device="cpu")
    with pytest.raises(MissingInputError, match="lacks 6 of the tensors"):
        texts_of(model, requests_of(["x"]), SamplingConfig())


def test_without_transformers_the_message_says_what_to_install(
    gpt2_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingInputError, match=r"pip install 'hornbook\[huggingface\]'"):
        HuggingFaceModel(str(gpt2_folder))


@pytest.mark.parametrize("field", ["device", "dtype"])
def test_a_device_or_type_that_is_not_there_is_refused_by_name(field: str, gpt2_folder: Path) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`.*'quantum'"):
        HuggingFaceModel(str(gpt2_folder), **{field: "quantum"})


def test_numbers_that_overflow_are_no_answer(tmp_path: Path) -> None:
    model = gpt2()
    with torch.no_grad():
        model.transformer.ln_f.weight.fill_(1e38)
        model.transformer.ln_f.bias.fill_(1e38)
    folder = tmp_path / "hot"
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer(), eos_token=END_OF_TEXT).save_pretrained(folder)
    with pytest.raises(ConfigError, match="overflow"):
        texts_of(HuggingFaceModel(str(folder), device="cpu"), requests_of(["x"]), SamplingConfig())
