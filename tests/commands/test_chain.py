from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.commands import chain
from tests.commands.typed import type_in
from tests.evaluation.scripted_endpoint import ScriptedEndpoint
from tests.ray_cluster import run_script

NUM_COMMANDS = 13


@pytest.fixture(autouse=True, scope="module")
def one_process() -> Iterator[None]:
    """Parts are worked on here: starting processes would take most of the time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hornbook.parallel.num_cores", lambda: 1)
        yield


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    chain.write_inputs(folder)
    return folder


@pytest.fixture(scope="module")
def typed(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands wrote."""
    folder = tmp_path_factory.mktemp("typed")
    with ScriptedEndpoint(chain.score, models=("tiny",)) as teacher:
        chain.type_all(inputs, folder, teacher.url)
    return folder


def test_each_stage_gives_by_command_what_it_gives_in_a_recipe(inputs: Path, typed: Path, tmp_path: Path) -> None:
    with ScriptedEndpoint(chain.score, models=("tiny",)) as teacher:
        source = ("--source", inputs / "code.jsonl", "--teacher", teacher.url)
        type_in("run", chain.__file__, *source, "--store", tmp_path)
    run = tmp_path / "runs" / "chain"
    for file, (stage, table) in chain.FILES.items():
        by_command, by_recipe = chain.rows_of(typed / file), pq.read_table(run / stage / table).to_pylist()
        assert by_command, file
        if "text" in by_recipe[0] or "prompt" in by_recipe[0]:
            given = [[(row["id"], chain.text_of(row)) for row in rows] for rows in (by_command, by_recipe)]
            assert given[0] == given[1], file
        else:
            assert by_command == by_recipe, file
    dropped = {path.name.split(".")[0]: len(chain.rows_of(path)) for path in typed.glob("*.dropped.jsonl")}
    assert dropped.keys() >= {"documents", "selected", "unique", "clean"}
    for folder, artifact in (
        (typed / "classifier", "train-classifier/classifier"),
        (typed / "tokens", "tokenize/pretrain"),
    ):
        for path in folder.iterdir():
            assert path.read_bytes() == (run / artifact / path.name).read_bytes(), path.name
    assert (typed / "tokenizer.json").read_bytes() == (run / "tokenizer" / "tokenizer.json").read_bytes()


@pytest.mark.slow
def test_a_cluster_writes_the_files_of_one_machine_though_a_worker_of_each_command_is_killed(
    inputs: Path, typed: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray")
    cluster = tmp_path / "cluster"
    cluster.mkdir()
    seen = run_script("tests.commands.on_ray", inputs, cluster)
    assert seen["num_nodes"] == 2
    assert len(seen["killed"]) == NUM_COMMANDS
    written = sorted(
        str(path.relative_to(typed)) for path in typed.rglob("*") if path.is_file() and "sqlite" not in path.name
    )
    assert len(written) > NUM_COMMANDS
    for name in written:
        assert (cluster / name).read_bytes() == (typed / name).read_bytes(), name
    assert not list(cluster.glob("*.work"))
