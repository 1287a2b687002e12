"""Find the problems that training texts are held against, by what a person typed: names of benchmarks and files.

Not what `find.py` gives: a model is scored on 500 problems of MBPP, and a text must give away none of its 974.

Reads:  what is installed, the hub, or files in the formats of `given.py`.
Writes: problems, named so that reports of different runs can be laid side by side.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hornbook.benchmarks.find import Hub, fetch_published, find_benchmark, list_benchmarks, unknown_name
from hornbook.benchmarks.given import read_given_problems, stated_in_the_function
from hornbook.benchmarks.mbpp import NUM_SANITIZED
from hornbook.benchmarks.rows import read_rows
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import Problem

FILE_ENDINGS = (".jsonl", ".json", ".jsonl.gz", ".json.gz", ".parquet")
NUM_MBPP = 974
"""Source: Austin et al. 2021, section 2.1."""

_MBPP_TITLES = {"mbpp": "MBPP", "mbpp-sanitized-signature": "MBPP sanitized"}
_OWN_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True, kw_only=True)
class NamedProblems:
    """The problems of one benchmark."""

    name: str
    """`humaneval`, `mbpp`; of a file its name without the ending, or the one that was typed before it."""
    title: str
    """As shown: `HumanEval`."""
    problems: tuple[Problem, ...]
    """At least one, their `task_id` unique. A problem in words may have nothing but its prompt."""


def read_against(names: Sequence[str | Path], hub: Hub | None = None) -> list[NamedProblems]:
    """The problems of each name, in the order of the names.

    Args:
        names: Each a name of `find.list_benchmarks`; `NAME=PATH`, for one of these from a file, or for a file under a
            name of one's own; or the path of a file with one of `FILE_ENDINGS`, or of a folder of Parquet files.
        hub: Where datasets come from that are not installed; as `huggingface_hub` is set up, if None.

    Raises:
        ConfigError: A name means nothing, or two have the same name.
        MissingInputError: A file or a dataset cannot be had, is damaged, or lacks what is needed; names the place.
    """
    found: dict[str, NamedProblems] = {}
    for spec in names:
        one = _read(str(spec), hub or Hub())
        if one.name in found:
            path = str(spec).rpartition("=")[2]
            raise ConfigError(f"`{spec}` is the second to be called `{one.name}`; give it another name: `NAME={path}`")
        found[one.name] = one
    return list(found.values())


def _read(spec: str, hub: Hub) -> NamedProblems:
    name, separator, typed = spec.partition("=")
    if name in _MBPP_TITLES and (typed or not separator):
        return _mbpp(name, Path(typed).expanduser() if typed else fetch_published(name, hub))
    if name in list_benchmarks():
        benchmark = find_benchmark(spec, hub)
        problems = tuple(map(stated_in_the_function, benchmark.problems))
        return NamedProblems(name=name, title=benchmark.title, problems=problems)
    path = Path(spec).expanduser()
    if typed and not path.exists() and _OWN_NAME.fullmatch(name):
        return _file(Path(typed).expanduser(), name)
    if spec.endswith(FILE_ENDINGS) or (spec and path.is_dir()):
        ending = next((one for one in sorted(FILE_ENDINGS, key=len, reverse=True) if path.name.endswith(one)), "")
        return _file(path, path.name.removesuffix(ending))
    endings = ", ".join(FILE_ENDINGS)
    raise unknown_name(spec.partition("=")[0], f"Problems of your own are a file that ends in {endings}")


def _mbpp(name: str, path: Path) -> NamedProblems:
    """MBPP as a whole, by which of its two files it is; under its name, whichever was typed.

    Raises:
        MissingInputError: It is neither, or not whole.
    """
    row = read_rows(path)[0]
    if not {"code", "test_list"} <= row.fields.keys():
        raise MissingInputError(
            f"{row.place} is none of MBPP: it has no `code` and no `test_list`. Wanted is mbpp.jsonl or "
            "sanitized-mbpp.json of github.com/google-research/google-research, folder mbpp"
        )
    number, file = (NUM_MBPP, "mbpp.jsonl") if "text" in row.fields else (NUM_SANITIZED, "sanitized-mbpp.json")
    problems = read_given_problems(path, name)
    if len(problems) != number:
        raise MissingInputError(
            f"{file} has {number} problems, `{path}` {len(problems)}; to hold texts against these alone, name the "
            f"file under a name of its own: `some-mbpp={path}`"
        )
    return NamedProblems(name=name, title=_MBPP_TITLES[name], problems=tuple(problems))


def _file(path: Path, name: str) -> NamedProblems:
    return NamedProblems(name=name, title=name, problems=tuple(read_given_problems(path, name)))
