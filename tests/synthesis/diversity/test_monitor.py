import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.synthesis.diversity import writers

from hornbook.records import Exercise
from hornbook.synthesis.diversity.keys import WORD
from hornbook.synthesis.diversity.monitor import Monitor
from hornbook.synthesis.diversity.syntax import read_syntax
from hornbook.synthesis.diversity.thresholds import DiversityThresholds

Writer = Callable[[random.Random], Exercise]


def written(writer: Writer, number: int, seed: int = 0) -> list[Exercise]:
    rng = random.Random(seed)
    return [writer(rng) for _ in range(number)]


def stopped_after(records: list[Exercise], monitor: Monitor) -> int | None:
    for number, record in enumerate(records, start=1):
        monitor.add([record])
        if monitor.stale():
            return number
    return None


@pytest.mark.parametrize("seed", range(3))
def test_a_writer_that_varies_everything_is_never_stopped(seed: int) -> None:
    assert stopped_after(written(writers.varied, 400, seed), Monitor()) is None


@pytest.mark.parametrize(
    ("writer", "reason"),
    [
        (writers.with_other_constants, "one and the same shape"),
        (writers.with_other_names, "one and the same shape"),
        (writers.with_one_opening, "open with “write a function that”"),
        (writers.with_one_name, "functions' names are different"),
        (writers.with_echoes, "repeat an earlier text"),
    ],
)
def test_a_writer_that_has_collapsed_is_stopped_as_soon_as_it_is_judged(writer: Writer, reason: str) -> None:
    monitor = Monitor()
    assert stopped_after(written(writer, 150), monitor) == DiversityThresholds().window
    assert any(reason in found for found in monitor.stale()), monitor.stale()


def test_a_generation_that_collapses_on_its_way_is_stopped_within_a_window() -> None:
    records = written(writers.varied, 300) + written(writers.with_other_constants, 150)
    stop = stopped_after(records, Monitor())
    assert stop is not None
    assert 300 < stop < 400


def test_nothing_is_judged_before_a_window_is_there_nor_after_a_new_one_was_begun() -> None:
    monitor = Monitor(DiversityThresholds(window=20))
    records = written(writers.with_other_constants, 60)
    monitor.add(records[:19])
    assert monitor.stale() == ()
    monitor.add(records[19:20])
    assert monitor.stale()
    monitor.begin_window()
    monitor.add(written(writers.varied, 19))
    assert monitor.stale() == ()
    monitor.add(records[20:])
    assert monitor.stale()


def test_figures_are_those_of_counting_by_hand() -> None:
    records = [
        one
        for pair in zip(written(writers.varied, 60), written(writers.with_echoes, 60, 1), strict=True)
        for one in pair
    ]
    monitor = Monitor(common_count=40)
    monitor.add(records)
    report = monitor.report()
    texts = Counter(one.prompt + one.solution for one in records)
    shapes = Counter(found.shape for text in texts.elements() if (found := read_syntax(text)))
    names = Counter(one.entry_point for one in records)
    assert (report.num_records, report.num_code, report.num_unparsed) == (120, 120, 0)
    assert (report.texts.distinct, report.shapes.distinct, report.names.distinct) == (
        len(texts),
        len(shapes),
        len(names),
    )
    assert report.exact_share == pytest.approx(1 - len(texts) / 120)
    assert report.near_share >= report.exact_share > 0.2
    assert report.names.common[0] == max(names.items(), key=lambda item: (item[1], [-ord(c) for c in item[0]]))
    seen: set[tuple[str, ...]] = set()
    shares = []
    for one in records:
        words = WORD.findall((one.prompt + one.solution).lower())
        runs = set(zip(*(words[start:] for start in range(4)), strict=False))
        shares.append(len(runs - seen) / len(runs))
        seen |= runs
    assert report.novelty is not None
    assert report.novelty.mean == pytest.approx(sum(shares) / 120, abs=0.005)
    assert report.num_lines is not None
    assert report.num_lines.most == max(len(text.splitlines()) for text in texts)
    assert report.saturation[-1][0] == 120
    new = [
        rate * (count - before) / 1000
        for (before, _), (count, rate) in zip([(0, 0.0), *report.saturation], report.saturation, strict=False)
    ]
    assert sum(new) == pytest.approx(len(shapes))
    assert report.rarefied_shapes[-1] == (120, pytest.approx(len(shapes)))


def test_figures_at_the_common_count_do_not_depend_on_how_many_there_are() -> None:
    def drawn(rng: random.Random) -> Exercise:
        return writers.varied(random.Random(rng.randrange(400)))

    small, large = Monitor(), Monitor()
    small.add(written(drawn, 150, seed=1))
    large.add(written(drawn, 1_500, seed=2))
    first, second = small.report(), large.report()
    assert first.exact_share < second.exact_share / 1.5
    for name in ("texts", "clusters", "openings", "shapes", "names"):
        one, other = getattr(first, name).at_size, getattr(second, name).at_size
        assert one.low <= other.distinct <= one.high, name
        assert one.entropy_bits == pytest.approx(other.entropy_bits, rel=0.1)
        assert other.high - other.low < one.high - one.low
    assert first.novelty_at_size is not None
    assert second.novelty_at_size is not None
    assert first.novelty_at_size.mean == pytest.approx(second.novelty_at_size.mean, abs=0.07)
    assert second.novelty_at_size.count == 1_500


def test_topics_are_covered_by_the_records_that_were_about_them() -> None:
    records = written(writers.varied, 40)
    topics = {record.id: (f"leaf {place % 5}", f"leaf {place % 7}") for place, record in enumerate(records[:30])}
    monitor = Monitor(topics=topics, num_topics=50)
    monitor.add(records)
    coverage = monitor.report().coverage
    assert coverage is not None
    assert (coverage.covered, coverage.count, coverage.num_topics) == (7, 60, 50)
    assert coverage.expected_if_even == pytest.approx(50 * (1 - 0.98**60))
    assert Monitor().report().coverage is None


def test_passages_are_judged_by_their_prose_and_their_code() -> None:
    rng = random.Random(7)
    made = [writers.varied(rng) for _ in range(120)]
    texts = [
        f"# Part\n\n{' '.join(rng.choices(writers.WORDS, k=30))}.\n\n```python\n{one.prompt}{one.solution}```\n"
        for one in made
    ]
    monitor = Monitor()
    monitor.add([writers.passage(text) for text in texts])
    assert monitor.stale() == ()
    assert monitor.report().num_code == 120
    collapsed = Monitor()
    collapsed.add([writers.passage(f"In this chapter we will learn about {text}") for text in texts])
    assert [reason for reason in collapsed.stale() if "open with “in this chapter we”" in reason]


def test_a_report_is_small_and_nothing_is_a_report_too() -> None:
    monitor = Monitor()
    assert json.loads(json.dumps(monitor.report().as_json()))["num_records"] == 0
    monitor.add(written(writers.varied, 600))
    written_report = json.dumps(monitor.report().as_json())
    assert len(written_report) < 4_000
    assert "NaN" not in written_report
    lonely = Monitor()
    lonely.add([writers.passage("no code here"), writers.passage("")])
    assert lonely.report().shapes.at_size is None


def test_the_report_is_the_same_in_every_process_and_however_records_are_handed_over(tmp_path: Path) -> None:
    script = (
        "import json, random\nfrom tests.synthesis.diversity.writers import varied\n"
        "from hornbook.synthesis.diversity.monitor import Monitor\n"
        "rng, monitor = random.Random(3), Monitor()\nmonitor.add([varied(rng) for _ in range(80)])\n"
        "print(json.dumps(monitor.report(5).as_json()))\n"
    )
    root = Path(__file__).parents[3]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    monitor = Monitor()
    for record in written(writers.varied, 80, seed=3):
        monitor.add([record])
    assert outputs == {json.dumps(monitor.report(5).as_json()) + "\n"}
