"""The house: imports run one way, every module says what it is, and what runs on a bare GPU machine stays light."""

import ast
import functools
import importlib
import sys
from collections import Counter
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "hornbook"
MODULES = sorted(SOURCE.rglob("*.py"))

# Each room may import rooms of lower rank; of its own rank only itself.
RANKS = {
    "errors": 0,
    "records": 1,
    "units": 1,
    "stats": 1,
    "processes": 1,
    "parallel": 2,
    "python_code": 2,
    "sources": 3,
    "sandbox": 3,
    "teacher": 3,
    "pipeline": 4,
    "benchmarks": 4,
    "filters": 5,
    "curation": 5,
    "synthesis": 5,
    "deduplication": 5,
    "decontamination": 5,
    "tokens": 5,
    "model": 5,
    "training": 5,
    "generation": 5,
    "evaluation": 5,
    "export": 5,
    "report": 5,
    "recipes": 6,
    "display": 7,
    "commands": 8,
    "cli": 9,
    "__main__": 10,
}
# Stages do not import each other, except along these ways.
ALLOWED_BETWEEN_STAGES = {
    "curation": {"filters"},
    "model": {"tokens"},
    "training": {"tokens", "model"},
    "generation": {"tokens", "model", "training"},
    "evaluation": {"tokens", "model", "training", "generation"},
    "export": {"tokens", "model", "training", "generation", "evaluation"},
    "report": {"evaluation"},
}
LIGHT = ("tokens", "model", "training", "generation", "evaluation")
LIGHT_LIBRARIES = {"torch", "numpy", "pyarrow", "tokenizers", "safetensors", "rich", "hornbook"}
# Asked for only where a model of theirs is evaluated, or a training tracked, so imported inside functions alone.
OPTIONAL_LIBRARIES = {"transformers", "huggingface_hub", "trackio", "wandb"}
NAMES_WITHOUT_MEANING = {"utils", "common", "helpers", "core", "base", "misc"}


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf8"))


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def room_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def imported_modules(path: Path, *, inside_functions: bool = False) -> list[str]:
    """The modules that a file imports; with `inside_functions` only those that a function of it imports."""
    names: list[str] = []
    tree = parsed(path)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in [inner for f in functions for inner in ast.walk(f)] if inside_functions else ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno} imports relatively"
            names.append(node.module or "")
    return names


def reverse_arrows(room: str, imports: list[str]) -> list[str]:
    arrows = []
    for imported in imports:
        parts = imported.split(".")
        if parts[0] != "hornbook" or len(parts) == 1:
            continue
        target = parts[1]
        if target == room:
            continue
        lower = RANKS[target] < RANKS[room]
        along = RANKS[target] == RANKS[room] and target in ALLOWED_BETWEEN_STAGES.get(room, set())
        if not lower and not along:
            arrows.append(target)
    return arrows


def test_a_module_imports_only_what_lies_below_it() -> None:
    arrows = {name_of(path): reverse_arrows(room_of(path), imported_modules(path)) for path in MODULES[1:]}
    assert {name: reverse for name, reverse in arrows.items() if reverse} == {}
    assert name_of(MODULES[0]) == "__init__.py"
    assert imported_modules(MODULES[0]) == []
    assert reverse_arrows("curation", ["hornbook.synthesis.verify", "hornbook.records"]) == ["synthesis"]
    assert reverse_arrows("tokens", ["hornbook.model.phi", "hornbook.recipes"]) == ["model", "recipes"]


def test_what_runs_on_a_bare_gpu_machine_needs_only_light_libraries() -> None:
    for path in (path for path in MODULES if room_of(path) in LIGHT):
        everywhere, inside = (
            Counter(name.split(".")[0] for name in imported_modules(path, inside_functions=inside))
            for inside in (False, True)
        )
        optional = {name for name in OPTIONAL_LIBRARIES if everywhere[name] == inside[name]}
        heavy = set(everywhere) - optional - LIGHT_LIBRARIES - set(sys.stdlib_module_names)
        assert heavy == set(), name_of(path)


def test_a_module_says_what_it_does_and_keeps_to_a_readable_length() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf8")
        assert ast.get_docstring(parsed(path)), f"{name_of(path)} has no docstring"
        assert text.count("\n") <= 400, f"{name_of(path)} is over 400 lines"
        assert not NAMES_WITHOUT_MEANING & set(path.relative_to(SOURCE).with_suffix("").parts), name_of(path)
        if path.name == "__init__.py":
            statements = parsed(path).body[1:]
            assert all(isinstance(statement, ast.Assign) for statement in statements), name_of(path)


def test_the_map_in_the_readme_and_the_architecture_page_names_every_room() -> None:
    root = SOURCE.parents[1]
    rooms = {path.name for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    for page in ("README.md", "ARCHITECTURE.md"):
        text = (root / page).read_text(encoding="utf8")
        assert [room for room in sorted(rooms) if f"{room}/" not in text] == [], page


def test_benchmarks_import_what_is_there() -> None:
    """Their scripts are not run here, so that a name that is gone would be noticed by a user alone."""
    missing = []
    for path in sorted((SOURCE.parents[1] / "bench").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hornbook"):
                try:
                    there = vars(importlib.import_module(str(node.module)))
                except ModuleNotFoundError:
                    there = {}
                missing += [f"{path.name}: {node.module}.{one.name}" for one in node.names if one.name not in there]
    assert missing == []
