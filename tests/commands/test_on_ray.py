from dataclasses import asdict
from pathlib import Path

import pytest
from tests.commands.typed import type_in, write_lines
from tests.curation.test_saved_classifier import OTHERS, fitted
from tests.decontamination.own_problems import NEAR_MISS, PROBLEM, RETOLD, UNRELATED
from tests.ray_cluster import run_script


@pytest.mark.slow
def test_values_and_selection_are_those_of_one_machine_though_a_worker_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    classifier, local, cluster = tmp_path / "classifier", tmp_path / "local", tmp_path / "cluster"
    fitted().save(classifier)
    for folder in (local, cluster):
        folder.mkdir()
    texts = [f"{text}\nx = {number}\n" * (1 + number % 9) for number in range(250) for text in OTHERS]
    rows = write_lines(tmp_path / "rows.jsonl", [{"id": f"d{at}", "text": text} for at, text in enumerate(texts)])
    type_in("predict-value", rows, "-o", local / "values.jsonl", "--classifier", classifier)
    type_in("collect", rows, "-o", local / "documents.jsonl", "--any-license", "--id-field", "id")
    type_in("select", rows, "--values", local / "values.jsonl", "-o", local / "kept.jsonl", "--keep-share", 0.3)
    seen = run_script("tests.commands.on_ray", rows, classifier, cluster)
    (killed,) = seen["killed"]
    assert seen == {"num_nodes": 2, "killed": [killed], "tried_again": {killed: 2}}
    for name in ("documents.jsonl", "documents.dropped.jsonl", "values.jsonl", "kept.jsonl", "kept.dropped.jsonl"):
        assert (cluster / name).read_bytes() == (local / name).read_bytes(), name


@pytest.mark.slow
def test_decisions_are_those_of_one_machine_though_a_worker_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    local, cluster = tmp_path / "local", tmp_path / "cluster"
    for folder in (local, cluster):
        folder.mkdir()
    texts = [f"{text}# {number}\n" for number in range(40) for text in (RETOLD, NEAR_MISS, UNRELATED)]
    rows = write_lines(tmp_path / "rows.jsonl", [{"text": text} for text in texts])
    problems = write_lines(tmp_path / "own.jsonl", [asdict(PROBLEM)])
    said = type_in("decontaminate", rows, "-o", local / "kept.jsonl", "--against", problems, "--json").json
    assert said["dropped"] == {"behaviour of own": 40}
    seen = run_script("tests.commands.decontaminate_on_ray", rows, problems, cluster)
    (killed,) = seen["killed"]
    assert seen == {"num_nodes": 2, "killed": [killed], "tried_again": {killed: 2}}
    for name in ("kept.jsonl", "kept.decisions.jsonl"):
        assert (cluster / name).read_bytes() == (local / name).read_bytes(), name
