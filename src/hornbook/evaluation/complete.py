"""Let a model complete benchmark problems."""

from collections.abc import Callable, Sequence

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
