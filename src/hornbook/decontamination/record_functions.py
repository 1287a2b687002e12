"""Find the modules of a text that are to be run, and the place of a function in the text."""

from collections import Counter

from hornbook.decontamination.functions import FENCED_CODE, ReadText, parse


def modules_of(text: ReadText) -> list[str]:
    """The text itself where it is a module, else its fenced blocks that are; none where there is no function."""
    if not text.functions:
        return []
    if text.functions[0].source == text.text:
        return [text.text]
    return [block for block in FENCED_CODE.findall(text.text) if parse(block) is not None]


def name_of(path: str) -> str:
    """The function's own name; `path` has its class before it, if any."""
    return path.rpartition(".")[2]


def num_of_name(text: ReadText) -> Counter[str]:
    """How many functions of each name there are, those included that cannot be called by themselves."""
    return Counter(function.name for function in text.functions)


def window_of(text: ReadText, path: str) -> tuple[int, int]:
    """First character of the last function of that name, and the one after its last; the whole text if it has none."""
    found = [function for function in text.functions if function.name == name_of(path)]
    return text.window_of(found[-1]) if found else (0, len(text.text))
