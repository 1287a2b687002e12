"""Prices of language models, and what an amount of work costs by them. Pure arithmetic.

Reads: `prices.toml` beside this file, and a person's own file of the same form.
"""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError, MissingInputError

_PACKAGED = Path(__file__).parent / "prices.toml"
_DATED = re.compile(r"[-@](\d{4}-\d{2}-\d{2}|\d{3,8}|latest)")
_FIELDS = {"usd_per_million_in", "usd_per_million_out", "batch_discount", "source", "date"}


@dataclass(frozen=True, kw_only=True)
class Price:
    """The price of one model's tokens."""

    usd_per_million_in: float
    usd_per_million_out: float
    batch_discount: float = 0.0
    """Share of the price that a batch API saves, 0 to 1."""
    source: str = ""
    """Where the price was published."""
    date: str = ""
    """When it was published or read, as `2026-11-25`."""

    def __post_init__(self) -> None:
        for name in ("usd_per_million_in", "usd_per_million_out", "batch_discount"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < math.inf:
                raise ConfigError(f"`{name}` must be a number of at least 0, got {value!r}")
        if self.batch_discount > 1:
            raise ConfigError(f"`batch_discount` must lie in [0, 1], got {self.batch_discount!r}")

    @classmethod
    def of_this_machine(cls) -> "Price":
        """The price of a model that runs here: nothing."""
        return cls(usd_per_million_in=0, usd_per_million_out=0, source="it runs on this machine and is not paid for")

    def usd(self, tokens_in: float, tokens_out: float) -> float:
        """The price of so many tokens, in US dollars."""
        return (tokens_in * self.usd_per_million_in + tokens_out * self.usd_per_million_out) / 1_000_000

    def batched(self) -> "Price":
        """The price through the batch API."""
        rest = 1 - self.batch_discount
        return replace(
            self,
            usd_per_million_in=self.usd_per_million_in * rest,
            usd_per_million_out=self.usd_per_million_out * rest,
            batch_discount=0.0,
            source="; ".join(part for part in (self.source, f"batch, {self.batch_discount:.0%} off") if part),
        )

    @property
    def is_free(self) -> bool:
        """Whether no number of tokens costs anything."""
        return self.usd_per_million_in == 0 == self.usd_per_million_out

    def describe(self) -> str:
        """The price in a few words, with its source."""
        amounts = f"{self.usd_per_million_in:g} and {self.usd_per_million_out:g} USD per million tokens in and out"
        origin = ", ".join(part for part in (self.source, self.date) if part)
        return f"{amounts} ({origin})" if origin else amounts


class PriceTable:
    """Prices by the model's name."""

    def __init__(self, *layers: Mapping[str, Price]) -> None:
        """Search the layers in order. A name that ends in `*` stands for every name with that beginning."""
        self._layers = layers

    def find(self, model: str) -> Price | None:
        """The price of a model; None if it is not known.

        The model's own name is looked for first, then the name of which it is a dated version, then the longest name
        with a `*`.
        """
        for prices in self._layers:
            if model in prices:
                return prices[model]
            dated = [name for name in prices if model.startswith(name) and _DATED.fullmatch(model[len(name) :])]
            begun = [name for name in prices if name.endswith("*") and model.startswith(name[:-1])]
            for names in (dated, begun):
                if names:
                    return prices[max(names, key=len)]
        return None


def load_prices(own: Path | None = None) -> PriceTable:
    """The prices that come with Hornbook; those of a person's own file are looked up first.

    Raises:
        MissingInputError: The file cannot be read.
        ConfigError: The file is no price table; names file, model and field.
    """
    packaged = _read(_PACKAGED)
    return PriceTable(packaged) if own is None else PriceTable(_read(own), packaged)


@dataclass(frozen=True, kw_only=True)
class TeacherWork:
    """Planned work of one kind for one model; `basis` says what the assumptions rest on."""

    model: str
    calls: int
    tokens_in: int
    """Tokens of one prompt."""
    tokens_out: int
    """Tokens of one answer."""
    usd_per_million_in: float
    usd_per_million_out: float
    basis: str
    """Where lengths and prices come from, with the date of the prices."""

    @property
    def total_tokens_in(self) -> int:
        """Tokens of all prompts."""
        return self.calls * self.tokens_in

    @property
    def total_tokens_out(self) -> int:
        """Tokens of all answers."""
        return self.calls * self.tokens_out

    @property
    def price_usd(self) -> float:
        """The price of all calls, without those that fail and are asked again."""
        price = Price(usd_per_million_in=self.usd_per_million_in, usd_per_million_out=self.usd_per_million_out)
        return price.usd(self.total_tokens_in, self.total_tokens_out)

    def describe(self) -> str:
        """The assumptions in a sentence."""
        return (
            f"{self.model}, {self.tokens_in:,} tokens in and {self.tokens_out:,} out a call, at "
            f"{self.usd_per_million_in:g} and {self.usd_per_million_out:g} USD a million: {self.basis}."
        )


def _read(path: Path) -> dict[str, Price]:
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingInputError(f"the price table `{path}` cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ConfigError(f"the price table `{path}` is not TOML: {error}") from error
    models = written.get("models")
    if not isinstance(models, dict) or not models:
        raise ConfigError(f'the price table `{path}` names no model; it needs entries like `[models."my-model"]`')
    return {name: _price_of(name, entry, written, path) for name, entry in models.items()}


def _price_of(name: str, entry: Any, written: Mapping[str, Any], path: Path) -> Price:
    if not isinstance(entry, dict):
        raise ConfigError(f"`{path}`: `{name}` must be a table of fields, got {entry!r}")
    for field in entry:
        if field not in _FIELDS:
            raise ConfigError(f"`{path}`: `{name}` has a field `{field}`; it may have {', '.join(sorted(_FIELDS))}")
    for field in ("usd_per_million_in", "usd_per_million_out"):
        if field not in entry:
            raise ConfigError(f"`{path}`: `{name}` lacks `{field}`")
    origin = {field: str(entry.get(field, written.get(field, ""))) for field in ("source", "date")}
    try:
        return Price(**{**entry, **origin})
    except ConfigError as error:
        raise ConfigError(f"`{path}`: `{name}`: {error}") from error
