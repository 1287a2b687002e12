"""`hornbook complete`, `compare` and `export`: what can be done with models that are trained and evaluated."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Group, Parameter

from hornbook.commands.one_stage import OUTPUT, AsJson, Seed, StoreFolder, print_json
from hornbook.pipeline import DEFAULT_STORE

_MODEL = Group("Model", sort_key=1)
_SIDE = "A run, RUN/STAGE (laptop/evaluate-base), or a file that `hornbook evaluate --output` wrote."
_MEGABYTE = 1_000_000
BaseModel = Annotated[
    bool, Parameter(name="--base", negative=(), group=_MODEL, help="Of a run: use the model before finetuning.")
]


def complete(
    model: Annotated[str, Parameter(help="Run, or folder with a phi model, Hornbook's or Hugging Face's.")],
    prompt: Annotated[
        str, Parameter(allow_leading_hyphen=True, help="Beginning of a program; `-` reads it from standard input.")
    ],
    /,
    *,
    base: BaseModel = False,
    max_new_tokens: Annotated[int, Parameter(group=_MODEL, help="Maximum number of tokens.")] = 200,
    temperature: Annotated[float, Parameter(group=_MODEL, help="0 takes the most likely token each time.")] = 0.0,
    seed: Seed = 0,
    store: StoreFolder = Path(DEFAULT_STORE),
    as_json: AsJson = False,
) -> None:
    """Let a model finish a program, and print the prompt with its completion."""
    from hornbook.evaluation.complete import complete_prompt
    from hornbook.evaluation.find import find_files
    from hornbook.pipeline.store import Store

    text = sys.stdin.read() if prompt == "-" else prompt.replace("\\n", "\n")
    files = find_files(model, Store(store), base=base)
    written = complete_prompt(
        files.folder, files.tokenizer, text, max_new_tokens=max_new_tokens, temperature=temperature, seed=seed
    )
    if as_json:
        print_json({"prompt": text, "completion": written})
    else:
        print(text + written)  # noqa: T201


def compare(
    a: Annotated[str, Parameter(help=_SIDE)],
    b: Annotated[str, Parameter(help="The other one.")],
    /,
    *,
    benchmark: Annotated[
        str | None,
        Parameter(name=("--benchmark", "-b"), help="NAME[=PATH]; needed for files, and if the two share several."),
    ] = None,
    common_only: Annotated[
        bool, Parameter(negative=(), help="Ignore problems that the two do not share, instead of ending with an error.")
    ] = False,
    seed: Seed = 0,
    store: StoreFolder = Path(DEFAULT_STORE),
    as_json: AsJson = False,
) -> None:
    """Compare two evaluations on the same problems: the paired test, the difference, who solved what."""
    import numpy as np

    from hornbook.benchmarks.find import find_benchmark
    from hornbook.display import make_console
    from hornbook.evaluation.compare import compare as compare_verdicts
    from hornbook.evaluation.compare import problems_in_both
    from hornbook.evaluation.sides import differences_of, find_sides, is_file
    from hornbook.pipeline.store import Store
    from hornbook.report.comparison import print_comparison

    of_files = find_benchmark(benchmark) if benchmark and (is_file(a) or is_file(b)) else None
    sides = find_sides(a, b, Store(store), _name_of(benchmark) if benchmark else None, of_files)
    comparison = compare_verdicts(
        problems_in_both(sides[0].problems, sides[1].problems, common_only=common_only),
        sides[0].verdicts,
        sides[1].verdicts,
        benchmark=sides[0].title,
        name_a=sides[0].name,
        name_b=sides[1].name,
        generator=np.random.default_rng(seed),
    )
    notes = differences_of(sides)
    if as_json:
        print_json({**comparison.as_json(), "notes": notes})
    else:
        print_comparison(comparison, make_console(), notes=notes)


def _name_of(benchmark: str) -> str:
    """The name under which an evaluation keeps the benchmark that was typed."""
    from hornbook.evaluation.stages import HELD_OUT

    if benchmark.endswith((".jsonl", ".jsonl.gz")) and "=" not in benchmark:
        return Path(benchmark).name.removesuffix(".gz").removesuffix(".jsonl")
    name = benchmark.partition("=")[0]
    return HELD_OUT if name.replace("-", "_") == HELD_OUT else name


def export(
    model: Annotated[
        str, Parameter(help="Run; folder that `hornbook train` wrote; or Hugging Face folder with a phi model.")
    ],
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"), group=OUTPUT, help="Folder to write.")],
    to: Annotated[Literal["huggingface"], Parameter(group=OUTPUT, help="Format of the folder.")] = "huggingface",
    dtype: Annotated[str, Parameter(group=OUTPUT, help="Of the weights: float32, bfloat16 or float16.")] = "float32",
    force: Annotated[bool, Parameter(negative=(), group=OUTPUT, help="Replace an earlier export.")] = False,
    base: BaseModel = False,
    tokenizer: Annotated[
        Path | None,
        Parameter(group=_MODEL, help="File or folder of the model's tokenizer, where none lies beside the model."),
    ] = None,
    store: StoreFolder = Path(DEFAULT_STORE),
    as_json: AsJson = False,
) -> None:
    """Write a model with its tokenizer as a folder that other programs load."""
    from hornbook.export.huggingface import export_huggingface, fill_aside, find_trained_model, require_free
    from hornbook.model.config import num_parameters
    from hornbook.pipeline.store import Store

    kept = Store(store)
    require_free(output, kept, replace=force)
    files, card = find_trained_model(model, kept, base=base)
    beside = files.tokenizer if files.tokenizer.is_file() else files.folder
    exported = fill_aside(
        output, lambda folder: export_huggingface(files.folder, tokenizer or beside, card, folder, dtype=dtype)
    )
    described = {
        "folder": str(output),
        "format": to,
        "dtype": dtype,
        "num_parameters": num_parameters(exported.config),
        "model_bytes": exported.model_bytes,
        "model_sha256": exported.model_sha256,
        "tokenizer_sha256": exported.tokenizer_sha256,
        "model_card": card is not None,
    }
    if as_json:
        print_json(described)
        return
    size = exported.model_bytes / _MEGABYTE
    lines = [f"{output}: {described['num_parameters']:,} parameters in {dtype}, {size:,.1f} MB"]
    if card is None:
        lines.append("without a model card: none is known for this model; write a README.md before you publish it")
    print(*lines, f"score it: hornbook evaluate {output}", sep="\n")  # noqa: T201
