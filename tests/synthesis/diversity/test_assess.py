import random

from tests.synthesis.diversity.writers import varied, with_other_constants

from hornbook.synthesis.diversity.assess import assess, measure
from hornbook.synthesis.diversity.rows import Row
from hornbook.synthesis.diversity.thresholds import DiversityThresholds


def test_a_collection_is_seen_as_it_was_written() -> None:
    rng = random.Random(4)
    rows = [Row(record=varied(rng), topics=("sums",)) for _ in range(60)]
    rows += [Row(record=with_other_constants(rng), topics=()) for _ in range(60)]
    told: list[tuple[int, int]] = []
    found = assess(
        "mine",
        rows,
        DiversityThresholds(window=40),
        common_count=50,
        num_topics=4,
        compression=True,
        progress=lambda done, total: told.append((done, total)),
    )
    assert found.stop is not None
    assert 60 < found.stop.after <= 100
    assert found.report.stale
    assert told == [(number, 120) for number in range(1, 121)]
    written = found.as_json()
    assert written["stopped_after"] == found.stop.after
    assert written["stop_reasons"] == list(found.stop.reasons)
    assert written["coverage"]["covered"] == 1
    assert written["compression"]["num_blocks"] == 2


def test_a_part_tells_of_the_whole() -> None:
    rng = random.Random(5)
    records = [varied(random.Random(rng.randrange(200))) for _ in range(800)]
    whole, part = measure(records, common_count=100), measure(records, max_records=300, common_count=100)
    assert (whole.num_records, part.num_records) == (800, 300)
    assert whole.shapes.at_size is not None
    assert part.shapes.at_size is not None
    assert part.shapes.at_size.low <= whole.shapes.at_size.distinct <= part.shapes.at_size.high
    assert measure([]).num_records == 0
