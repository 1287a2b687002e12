from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hornbook.commands import written_files
from hornbook.commands.written_files import write_records
from hornbook.records import Dropped


def test_long_rows_are_written_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written_files, "_CHARACTERS_AT_ONCE", 100)
    records = [Dropped(id=str(number), reason="x" * 39, detail="") for number in range(7)]
    write_records(tmp_path / "rows.parquet", Dropped, iter(records))
    found = pq.ParquetFile(tmp_path / "rows.parquet")
    assert [found.metadata.row_group(at).num_rows for at in range(found.num_row_groups)] == [3, 3, 1]
    assert [row["id"] for row in found.read().to_pylist()] == [record.id for record in records]
    found.close()
