import random
from collections.abc import Callable

import pytest
from tests.synthesis.diversity import writers
from tests.synthesis.exercises_at_hand import passage

from hornbook.records import Exercise
from hornbook.synthesis.diversity.measure import stopped_after
from hornbook.synthesis.diversity.monitor import WINDOW, Features, Glance, Monitor, judge

Writer = Callable[[random.Random], Exercise]


def written(writer: Writer, number: int, seed: int = 0) -> list[Exercise]:
    rng = random.Random(seed)
    return [writer(rng) for _ in range(number)]


def test_a_writer_that_varies_everything_is_never_stopped() -> None:
    assert stopped_after(written(writers.varied, 170)) == (None, ())


@pytest.mark.parametrize(
    ("writer", "reason"),
    [
        (writers.with_other_constants, "shape"),
        (writers.with_other_names, "shape"),
        (writers.with_one_opening, "“write a function that”"),
        (writers.with_one_name, "names"),
        (writers.with_echoes, "repeat"),
    ],
)
def test_a_writer_that_has_collapsed_is_stopped_as_soon_as_it_is_judged(writer: Writer, reason: str) -> None:
    stop, reasons = stopped_after(written(writer, WINDOW + 20))
    assert stop == WINDOW
    assert any(reason in said for said in reasons), reasons


def test_a_generation_that_collapses_on_its_way_is_stopped_within_a_window_and_one_that_begins_again_later() -> None:
    varied, alike = written(writers.varied, 120), written(writers.with_other_constants, 2 * WINDOW)
    stop, _ = stopped_after([*varied, *alike])
    assert stop is not None
    assert 120 < stop < 120 + WINDOW
    monitor = Monitor()
    monitor.add(alike[:WINDOW])
    assert monitor.stale()
    monitor.begin_window()
    assert monitor.stale() == ()
    monitor.add(alike[WINDOW : 2 * WINDOW - 1])
    assert monitor.stale() == ()
    monitor.add(alike[2 * WINDOW - 1 :])
    assert monitor.stale()


def test_what_was_written_long_ago_counts_as_repeated() -> None:
    records = written(writers.varied, 2 * WINDOW)
    monitor = Monitor()
    monitor.add(records)
    monitor.add(records[: WINDOW // 5])
    assert len(monitor.stale()) == 1


def test_passages_are_judged_by_their_prose_and_their_code() -> None:
    rng = random.Random(7)
    made = [writers.varied(rng) for _ in range(WINDOW)]
    texts = [
        f"# Part\n\n{' '.join(rng.choices(writers.WORDS, k=30))}.\n\n```python\n{one.prompt}{one.solution}```\n"
        for one in made
    ]
    assert stopped_after([passage(text) for text in texts]) == (None, ())
    _, [reason] = stopped_after([passage(f"In this chapter we will learn about {text}") for text in texts])
    assert "in this chapter we" in reason


def glance(number: int, *, near: bool = False, opening: str = "", shape: str = "", name: str = "") -> Glance:
    features = Features(
        text_key=str(number),
        shingles=frozenset(),
        opening=opening or f"opening {number}",
        shape=shape or f"shape {number}",
        names=(name or writers.new_name(random.Random(number)),),
    )
    return Glance(features, near)


@pytest.mark.parametrize(
    ("change", "most"),
    [({"near": True}, 15), ({"opening": "write a function"}, 50), ({"shape": "one"}, 15)],
)
def test_a_share_is_stale_when_it_passes_its_limit_and_not_before(change: dict[str, object], most: int) -> None:
    for number, is_stale in ((most, False), (most + 1, True)):
        window = [glance(place, **(change if place < number else {})) for place in range(100)]  # type: ignore[arg-type]
        assert bool(judge(window)) is is_stale


def test_few_names_or_few_words_in_them_are_stale_as_soon_as_they_pass_their_limit() -> None:
    verbs, nouns = writers.WORDS[:10], writers.WORDS[10:20]
    crossed = [f"{verb}_{noun}" for verb in verbs for noun in nouns]  # As one fixed prompt gives: 20 of 200 words.
    assert len(judge([glance(place, name=name) for place, name in enumerate(crossed)])) == 1
    for number, num_reasons in ((69, 1), (70, 0)):
        names = ["".join(random.Random(max(place, 100 - number)).choices("abcdefgh", k=9)) for place in range(100)]
        assert len(set(names)) == number
        assert len(judge([glance(place, name=name) for place, name in enumerate(names)])) == num_reasons
