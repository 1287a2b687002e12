import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.curation.sources.opening import documents, goes_on_at_every_number, left_out, open_one
from tests.curation.sources.real_formats import stack_row

from hornbook.errors import MissingInputError

BROKEN: list[Any] = [
    stack_row(2, content=None),
    stack_row(3, max_stars_repo_path=None),
    stack_row(4, max_stars_repo_name=""),
    stack_row(5, lang="Java"),
    stack_row(6, content="x" * 300),
]


def write(folder: Path, ending: str, rows: list[Any]) -> Path:
    path = folder / f"data-00000-of-00001{ending}"
    if ending == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=2)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_rows_become_documents_and_broken_ones_are_counted(tmp_path: Path, ending: str) -> None:
    rows = [stack_row(), *BROKEN, stack_row(7, max_stars_repo_licenses=["GPL-3.0", "odd"]), stack_row(8, lang=None)]
    rows.append(stack_row(9, max_stars_repo_licenses=[], max_stars_repo_head_hexsha=None))
    source = open_one(write(tmp_path, ending, rows), max_bytes=200)
    assert source.layout == "the-stack"
    first, second, _, last = documents(source)
    assert (first.text, first.path, first.repository) == (stack_row()["content"], "src/answer_1.py", "owner/stars")
    assert first.licenses == ("Apache-2.0", "MIT")
    commit = "e3767ec899c9b2cfe3e4c0ecb875d932cb01a27d"
    assert first.origin == f"https://github.com/owner/stars/blob/{commit}/src/answer_1.py"
    assert second.licenses == ("GPL-3.0-only", "odd")
    assert last.licenses == ("NOASSERTION",)
    assert last.origin == "https://github.com/owner/stars/blob/HEAD/src/answer_9.py"
    assert Counter(reason for _, reason in left_out(source)) == {
        "no text": 1, "no path": 1, "no repository": 1, "another language": 1, "too long": 1
    }  # fmt: skip
    assert goes_on_at_every_number(source)


def test_lines_that_are_no_rows_are_counted_too(tmp_path: Path) -> None:
    path = write(tmp_path, ".jsonl", ["a string", stack_row(1), stack_row(2, content="\ud800"), {"content": "x"}])
    with path.open("ab") as lines:
        lines.write(b'{"content": \n\n\xff\n')
    source = open_one(path, layout="the-stack")
    assert [reason for _, reason in left_out(source)] == [
        "no JSON object", "not UTF-8", "no path", "not JSON", "not UTF-8"
    ]  # fmt: skip
    assert left_out(source)[-1] == ("data-00000-of-00001.jsonl:7", "not UTF-8")
    assert len(documents(source)) == 1
    assert goes_on_at_every_number(source)
    assert open_one(path).layout == "the-stack", "its first row that is whole has the layout"


def test_a_parquet_file_without_the_columns_is_a_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, ".parquet", [{"text": "x"}])
    with pytest.raises(MissingInputError, match="has no field `content`; its fields: `text`"):
        open_one(path, layout="the-stack")
