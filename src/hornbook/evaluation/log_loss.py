"""How surprised a model is by a text: the loss of its tokens, each given those before it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.artifacts.store import Store
from hornbook.errors import ConfigError
from hornbook.evaluation.find import ModelOptions, find_files, find_model, is_run
from hornbook.evaluation.models import RunModel

if TYPE_CHECKING:
    from hornbook.generation.huggingface import LoadedModel

LogLoss = Callable[[str], tuple[float, int]]


def load_log_loss(name: str, store: Store) -> tuple[str, LogLoss]:
    """Load the model that `name` means: a run's base model, a folder, or a name of the hub.

    Args:
        name: As a person typed it.
        store: Where runs are looked for.

    Returns:
        The model's name, and a function from a text to its loss in nats, summed over its tokens as far as the model's
        positions reach, and their number. A text stands behind the token that begins or ends texts, where there is one.

    Raises:
        MissingInputError: There is no such model.
        ConfigError: It is an endpoint: those give no losses.
    """
    if name.startswith(("http://", "https://")):
        raise ConfigError(f"`--perplexity` needs a model that runs here, and {name!r} is an endpoint's address")
    base = is_run(name, store)
    model = find_model(name, store, ModelOptions(base=base))
    if isinstance(model, RunModel):
        files = find_files(name, store, base=base)
        return files.name, _of_our_model(files.folder, files.tokenizer)
    from hornbook.evaluation.huggingface import HuggingFaceModel

    assert isinstance(model, HuggingFaceModel)
    return model.identity().name, _of_huggingface(model.load())


def _of_our_model(folder: Path, tokenizer_file: Path) -> LogLoss:
    import torch

    from hornbook.evaluation.models import choose_device
    from hornbook.model.weights import load_model
    from hornbook.tokens.tokenizer import END_OF_TEXT, load_tokenizer

    device = choose_device("auto")
    model = load_model(folder).to(device).eval()
    tokenizer = load_tokenizer(tokenizer_file)
    end = tokenizer.token_to_id(END_OF_TEXT)

    def log_loss(text: str) -> tuple[float, int]:
        tokens = [end, *tokenizer.encode(text, add_special_tokens=False).ids][: model.config.max_position]
        if len(tokens) < 2:
            return 0.0, 0
        with torch.inference_mode():
            mean = model.loss(torch.tensor([tokens], device=device))
        return float(mean) * (len(tokens) - 1), len(tokens) - 1

    return log_loss


def _of_huggingface(loaded: "LoadedModel") -> LogLoss:
    import torch
    from torch.nn import functional

    device, tokenizer = loaded.model.device, loaded.tokenizer
    begin = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    before = [] if begin is None else [begin]

    def log_loss(text: str) -> tuple[float, int]:
        tokens = (before + tokenizer(text, add_special_tokens=False)["input_ids"])[: loaded.max_position]
        if len(tokens) < 2:
            return 0.0, 0
        row = torch.tensor([tokens], device=device)
        with torch.inference_mode():
            logits = loaded.model(input_ids=row).logits[0, :-1].float()
            loss = functional.cross_entropy(logits, row[0, 1:], reduction="sum")
        return float(loss), len(tokens) - 1

    return log_loss
