import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.commands.typed import hornbook, is_one_mistake
from tests.curation.sources.hub_server import serve_dataset


def test_files_of_the_hub_are_read_where_they_lie(tmp_path: Path) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": [f"number = {number}\n" for number in range(300)]}), sink)
    files = {"data/a.parquet": sink.getvalue().to_pybytes(), "data/b.jsonl": b'{"text": "b"}\n', "README.md": b"x"}
    environment = {"HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_TELEMETRY": "1"}
    output = tmp_path / "out.jsonl"
    with serve_dataset("owner/name", files) as (address, asked):
        given = ("hf://datasets/owner/name/data", "-o", output, "--no-filters", "--json")
        printed = hornbook("collect", *given, status=0, HF_ENDPOINT=address, **environment)
        wrong = ("hf://datasets/owner/other", "-o", output)
        mistake = hornbook("collect", *wrong, status=2, HF_ENDPOINT=address, **environment)
    said = json.loads(printed.stdout)
    assert (said["kept"], said["rejected"], said["layouts"]) == (301, {}, {"rows": 2})
    rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert rows[0]["text"] == "number = 0\n"
    assert rows[0]["source"] == "a.parquet"
    assert rows[-1]["text"] == "b"
    assert not any("README" in one for one in asked)
    assert "`hf://datasets/owner/other` cannot be read" in mistake.stderr
    assert is_one_mistake(mistake.stderr[mistake.stderr.index("error: ") :])
