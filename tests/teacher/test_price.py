from pathlib import Path

import pytest

from hornbook.errors import ConfigError, MissingInputError
from hornbook.teacher.prices import Price, PriceTable, TeacherWork, load_prices

FREE = "[models.mine]\nusd_per_million_out = 0\n"


def work(**changes: float) -> TeacherWork:
    values = {"calls": 1_000, "tokens_in": 300, "tokens_out": 50, "usd_per_million_in": 2.0, "usd_per_million_out": 8.0}
    return TeacherWork(model="a model", basis="a guess", **{**values, **changes})  # type: ignore[arg-type]


def price(usd_per_million_in: float) -> Price:
    return Price(usd_per_million_in=usd_per_million_in, usd_per_million_out=1.0)


def own(folder: Path, text: str) -> Path:
    path = folder / "prices.toml"
    path.write_text(text)
    return path


def test_the_price_is_that_of_all_tokens_of_all_calls() -> None:
    assert (work().total_tokens_in, work().total_tokens_out) == (300_000, 50_000)
    assert work().price_usd == pytest.approx(0.3 * 2 + 0.05 * 8)
    assert work(calls=0).price_usd == 0


def test_a_model_has_its_own_price_or_that_of_which_it_is_a_dated_version() -> None:
    names = ("big", "big-mini", "big-2024-08-06", "open-*", "open-large-*")
    table = PriceTable({name: price(usd) for usd, name in enumerate(names, start=1)})
    dated = {"big-2024-11-20": 1, "big-mini-2024-07-18": 2, "big@20240806": 1, "big-001": 1, "big-latest": 1}
    found = {"big": 1, "big-mini": 2, "big-2024-08-06": 3, "open-7b": 4, "open-large-70b": 5, **dated}
    for model, usd in found.items():
        assert table.find(model) == price(usd), model
    for model in ("bigger", "big-audio", "big-mini-audio", "small", "", "open", "BIG"):
        assert table.find(model) is None, model


def test_the_prices_that_come_along_can_be_read_and_say_where_they_are_from() -> None:
    table = load_prices()
    known = table.find("gpt-4o-mini-2024-07-18")
    assert known is not None
    assert (known.usd_per_million_in, known.usd_per_million_out, known.batch_discount) == (0.15, 0.6, 0.5)
    assert known.source in known.describe()
    assert known.date in known.describe()
    assert table.find("gpt-oss-20b") is None
    assert table.find("Qwen2.5-Coder-1.5B-Instruct") is None


def test_prices_of_ones_own_go_before_those_that_come_along(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        """
        date = "2026-01-02"
        [models."gpt-4o*"]
        usd_per_million_in = 7
        usd_per_million_out = 8.5
        source = "our contract"
        [models.mine]
        usd_per_million_in = 0
        usd_per_million_out = 0
        """,
    )
    table = load_prices(path)
    ours = Price(usd_per_million_in=7, usd_per_million_out=8.5, source="our contract", date="2026-01-02")
    assert table.find("gpt-4o-mini") == ours
    assert table.find("mine") == Price(usd_per_million_in=0, usd_per_million_out=0, date="2026-01-02")
    assert table.find("gpt-4.1") == load_prices().find("gpt-4.1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("models = 3", "names no model; it needs entries like"),
        ("", "names no model"),
        ("[models", "is not TOML"),
        ("[models]\nmine = 3", "`mine` must be a table of fields, got 3"),
        ("[models.mine]\nusd_per_million_in = 1", "`mine` lacks `usd_per_million_out`"),
        ("[models.mine]\nusd_per_million = 1", "`mine` has a field `usd_per_million`; it may have batch_discount"),
        (FREE + "usd_per_million_in = '1'", "`usd_per_million_in` must be a number"),
        (FREE + "usd_per_million_in = true", "must be a number, got True"),
        (FREE + "usd_per_million_in = nan", "must be a number, got nan"),
        (FREE + "usd_per_million_in = -1", "must not be negative, got -1"),
        (FREE + "usd_per_million_in = 1\nbatch_discount = 50", r"`batch_discount` must lie in \[0, 1\], got 50"),
    ],
)
def test_a_table_with_a_mistake_names_file_model_and_field(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"prices\.toml`.*{message}"):
        load_prices(own(tmp_path, text))
    with pytest.raises(MissingInputError, match=r"none\.toml` cannot be read: No such file"):
        load_prices(tmp_path / "none.toml")


def test_a_batch_takes_its_share_off() -> None:
    batched = Price(usd_per_million_in=2, usd_per_million_out=8, batch_discount=0.25, source="list").batched()
    assert (batched.usd_per_million_in, batched.usd_per_million_out, batched.batch_discount) == (1.5, 6.0, 0.0)
    assert batched.describe() == "1.5 and 6 USD per million tokens in and out (list; batch, 25% off)"
    assert price(1).batched().usd_per_million_in == 1.0
