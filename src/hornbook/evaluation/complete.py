"""Let a model complete benchmark problems, or any prompt."""

from collections.abc import Callable, Mapping, Sequence

from hornbook.artifacts.stage import Artifact
from hornbook.errors import MissingInputError
from hornbook.evaluation.cut import cut_completion
from hornbook.records import Completion, Problem

Completer = Callable[[list[str]], list[str]]
"""Takes prompts, returns what a model writes behind each, in their order and without the prompt."""


def complete_problems(problems: Sequence[Problem], completer: Completer, *, num_samples: int = 1) -> list[Completion]:
    """Ask for `num_samples` completions of each problem, and cut each at its function's end.

    Args:
        problems: Their prompts are passed on as they are.
        completer: Called once, with each prompt repeated `num_samples` times, so that it can make batches.
        num_samples: At least 1.

    Returns:
        Problem by problem, in their order, samples counted from 0. Deterministic as far as the completer is.

    Raises:
        ValueError: The completer gives more or fewer texts than it was given prompts.
    """
    wanted = [(problem, index) for problem in problems for index in range(num_samples)]
    texts = completer([problem.prompt for problem, _ in wanted])
    return [
        Completion(task_id=problem.task_id, sample_index=index, raw=text, text=cut_completion(problem.prompt, text))
        for (problem, index), text in zip(wanted, texts, strict=True)
    ]


def complete_prompt(
    artifacts: Mapping[str, Artifact],
    prompt: str,
    *,
    base: bool = False,
    max_new_tokens: int = 200,
    temperature: float = 0.0,
    seed: int = 0,
) -> str:
    """What a run's model writes behind `prompt`, up to the end of the function that it completes.

    Args:
        artifacts: Stage name → artifact of a run; read are `tokenizer` and `finetune` (with `base`: `pretrain`).
        prompt: Any text.
        base: Ask the model as it was before finetuning.
        max_new_tokens: At least 1.
        temperature: 0 takes the likeliest token each time.
        seed: For temperatures above 0.

    Raises:
        MissingInputError: The run has not come as far as that model.
    """
    # Imported here because they bring torch.
    from hornbook.generation.sample import GenerateConfig, generate, load_model
    from hornbook.tokens.tokenizer import load_tokenizer

    for stage in ("tokenizer", "pretrain" if base else "finetune"):
        if stage not in artifacts:
            raise MissingInputError(f"the run has no model to ask: its stage `{stage}` is not done; run it to the end")
    model = load_model(artifacts["pretrain" if base else "finetune"].folder)
    tokenizer = load_tokenizer(artifacts["tokenizer"].path("tokenizer.json"))
    config = GenerateConfig(max_new_tokens=max_new_tokens, temperature=temperature)
    [text] = generate(model, tokenizer, [prompt], config, seed, lambda _done, _total: None)
    return cut_completion(prompt, text)
