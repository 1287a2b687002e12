from dataclasses import asdict
from pathlib import Path

import pytest
from tests.commands.on_ray import type_all
from tests.commands.typed import write_lines
from tests.curation.test_saved_classifier import OTHERS, fitted
from tests.decontamination.own_problems import NEAR_MISS, PROBLEM, RETOLD, UNRELATED
from tests.ray_cluster import run_script
from tests.tokens.codegen_like import codegen_like


@pytest.mark.slow
def test_all_files_are_those_of_one_machine_though_a_worker_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    local, cluster = tmp_path / "local", tmp_path / "cluster"
    for folder in (local, cluster):
        folder.mkdir()
    fitted().save(tmp_path / "classifier")
    codegen_like().save(str(tmp_path / "tokenizer.json"))
    texts = [f"{text}\nx = {number}\n" * (1 + number % 9) for number in range(250) for text in OTHERS]
    write_lines(tmp_path / "rows.jsonl", [{"id": f"d{at}", "text": text} for at, text in enumerate(texts)])
    leaks = [f"{text}# {number}\n" for number in range(40) for text in (RETOLD, NEAR_MISS, UNRELATED)]
    write_lines(tmp_path / "leaks.jsonl", [{"text": text} for text in leaks])
    write_lines(tmp_path / "own.jsonl", [asdict(PROBLEM)])
    type_all(tmp_path, local)
    assert len((local / "kept.jsonl").read_text().splitlines()) == 80
    seen = run_script("tests.commands.on_ray", tmp_path, cluster)
    (killed,) = seen["killed"]
    assert seen == {"num_nodes": 2, "killed": [killed], "tried_again": {killed: 2}}
    written = {str(path.relative_to(local)) for path in local.rglob("*") if path.is_file()}
    names = {"documents.jsonl", "values.jsonl", "selected.jsonl", "decisions.jsonl", "tokens/train-00000.bin"}
    assert names <= written
    for name in written:
        assert (cluster / name).read_bytes() == (local / name).read_bytes(), name
