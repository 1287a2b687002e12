import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.commands.typed import is_one_mistake, read_json, type_in, write_lines
from tests.curation.test_collect import add
from tests.sources.real_formats import MIT, answer, question, stack_row, write_posts


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "package").mkdir(parents=True)
    (root / "LICENSE").write_text(MIT)
    for number in range(40):
        (root / "package" / f"good_{number:02}.py").write_text(add(number))
    (root / "bad.py").write_text("def f(:\n" * 20)
    (root / "latin.py").write_bytes(b"# \xe9\n")
    (root / "private.py").write_text(add(99, "# Ask somebody@corporation.com, who knows all about it.\n"))
    return root


def test_code_goes_into_one_file_with_licence_and_origin(project: Path, tmp_path: Path) -> None:
    for ending in ("jsonl", "parquet"):
        output = tmp_path / f"out.{ending}"
        printed = type_in("collect", project, "--output", output)
        rows = read_json(output)
        assert len(rows) == 41
        assert (rows[0]["kind"], rows[0]["licenses"], rows[0]["repository"]) == ("code", ["MIT"], "")
        place = (rows[0]["source"], rows[0]["path"], rows[0]["origin"])
        assert place == ("project", "package/good_00.py", "project/package/good_00.py")
        for reason in ("does not parse", "not UTF-8", "email"):
            assert reason in printed.out
    rejected, dropped = read_json(tmp_path / "out.dropped.jsonl")
    assert (rejected["id"], rejected["reason"]) == ("project/latin.py", "not UTF-8")
    assert (dropped["reason"], dropped["path"], dropped["detail"][:4]) == ("does not parse", "bad.py", "line")
    assert not list(tmp_path.glob(".out*"))


def test_options_say_what_passes_and_files_of_an_earlier_command_go(project: Path, tmp_path: Path) -> None:
    (project / "LICENSE").unlink()
    output = tmp_path / "out.jsonl"
    err = type_in("collect", project, "-o", output, status=2).err
    for said in ("no document passes the filters", "42 licence unknown", "--no-check-licenses"):
        assert said in err
    any_license = ("collect", project, "-o", output, "--no-check-licenses")
    assert "42 too short" in type_in(*any_license, "--min-characters", 1000, status=2).err
    said = type_in("collect", project, "-o", output, "--no-filters", "--json").json
    assert (said["kept"], said["dropped"], said["masked"]) == (42, {"not UTF-8": 1}, {})
    (project / "latin.py").unlink()
    type_in("collect", project, "-o", output, "--no-filters")
    assert not (tmp_path / "out.dropped.jsonl").exists()
    (project / "package" / "good_00.py").write_text("# SPDX-License-Identifier: MIT\n" + add(0))
    said = type_in("collect", project, "-o", output, "--json").json
    assert (said["kept"], said["dropped"]) == (1, {"licence unknown": 41})
    assert "--no-check-licenses" in said["advice"]


def test_rows_of_the_stack_obey_the_opt_out_list_and_the_licences(tmp_path: Path) -> None:
    rows = [
        stack_row(1, content=add(1)),
        stack_row(2, content=add(2), max_stars_repo_licenses=["MPL-2.0"]),
        stack_row(3, content=add(3), max_stars_repo_name="private/things"),
        stack_row(4, content=None),
    ]
    path = write_lines(tmp_path / "data.jsonl", rows)
    (tmp_path / "out.txt").write_text("private  # all of them\n")
    given = (path, "-o", tmp_path / "out.jsonl", "--opt-out", tmp_path / "out.txt", "--json")
    said = type_in("collect", *given).json
    assert (said["kept"], said["dropped"]) == (1, {"no text": 1, "licence not allowed": 1, "opted out": 1})
    assert said["read_as"] == "1 × the-stack"
    said = type_in("collect", *given, "--allow-license", "MPL-2.0").json
    assert (said["kept"], said["dropped"]) == (2, {"no text": 1, "opted out": 1})


def test_what_was_collected_can_be_collected_again(project: Path, tmp_path: Path) -> None:
    dump = write_posts(tmp_path / "Posts.xml", question(1), answer(3, 1), question(4, Tags="|c|"))
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    printed = type_in("collect", project, dump, "-o", first, "--min-characters", 10)
    assert "question with other tags" in printed.out
    type_in("collect", first, "-o", second, "--min-characters", 10)
    assert second.read_bytes() == first.read_bytes()


def test_killed_and_typed_again_it_ends_with_the_same_bytes(project: Path, tmp_path: Path) -> None:
    rows = [
        row
        for number in range(0, 450, 3)
        for row in (question(number), answer(number + 2, number), answer(1001 + number, 5000))
    ]
    dump = write_posts(tmp_path / "Posts.xml", *rows, end="")
    type_in("collect", dump, project, "-o", tmp_path / "whole.jsonl")
    code = "from hornbook.sources import posts_index, source, stackoverflow\nfrom hornbook.__main__ import main\n"
    code += (
        "source.PIECE_BYTES = 900\nstackoverflow.QUESTIONS_PER_PIECE = 20\nposts_index._ROWS_PER_COMMIT = 100\nmain()"
    )
    command = [sys.executable, "-c", code, "collect", dump, project, "-o", tmp_path / "killed.jsonl"]
    work = tmp_path / ".killed.jsonl.work"
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and num_files(work) <= 3:
        time.sleep(0.002)
    process.kill()
    assert process.wait() == -9
    ended = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    for name in ("{}.jsonl", "{}.dropped.jsonl"):
        assert (tmp_path / name.format("killed")).read_bytes() == (tmp_path / name.format("whole")).read_bytes()
    assert not work.exists()
    reasons = {one["reason"] for one in read_json(tmp_path / "killed.dropped.jsonl")}
    assert reasons >= {"answer without question", "file is cut off", "not UTF-8", "does not parse"}


def num_files(folder: Path) -> int:
    return sum(1 for path in folder.glob("partial/*/scratch/**/*") if path.suffix == ".parquet" or "-wal" in path.name)


def test_mistakes_are_told_in_one_line(project: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    for arguments, messages in [
        ((project, "-o", project / "out.jsonl"), ("would be written into the input",)),
        ((project, "-o", output, "--layout", "tar"), ("`layout` must be one of auto",)),
        ((project, "-o", output, "--max-line", 0), ("`max_line` must be at least 1",)),
        ((project, "-o", output, "--max-lines", 9), ("--max-lines", "--max-line")),
        (("-o", output), ("name at least one input",)),
        ((project, "-o", output, "--opt-out", tmp_path / "none.txt"), ("no opt-out list",)),
        ((project, "-o", output, "--no-filters", "--no-check-licenses"), ("`--no-filters` contradicts",)),
        ((project, "-o", output, "--engine", "spark"), ("--engine", "spark")),
        ((project, project, "-o", output), ("is given twice",)),
    ]:
        assert is_one_mistake(type_in("collect", *arguments, status=2).err, *messages), arguments
