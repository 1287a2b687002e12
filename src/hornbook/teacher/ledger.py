"""What asking a language model took: calls, tokens and money by stage and run; and the budget, which caps it.

Reads, writes: the table `runs` of the teacher's database (`cache.py`), one row for each stage of each run.

Money is counted at the price of the day of the call. Where the price is not known, the call is counted as one of
unknown price, never as free. Where the server counts no tokens, they are estimated, and the call is counted as one of
estimated tokens. A request that stays unanswered, or that the server will not take, is counted and costs nothing.
"""

import json
import math
import re
import sqlite3
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from hornbook.errors import ConfigError
from hornbook.teacher.api import ChatRequest, Reply, ReplyOutcome, TeacherRequest
from hornbook.teacher.cache import Cost, Database
from hornbook.teacher.prices import Price

_BYTES_OF_A_TOKEN = 2
"""So few at least, on average over a prompt, in the tokenizers in use; four in English and in code."""
_TOKENS_OF_A_MESSAGE = 16
"""That its frame takes at most."""
_TOKENS_OF_A_PROMPT = 32
_CHARACTERS_OF_A_TOKEN = 4
_AMOUNT = re.compile(r"(\$?)\s*([\d_,]*\.?\d+|\d+\.)\s*([km]?)\s*(usd|\$|tokens?)?", re.IGNORECASE)
_MULTIPLES = {"": 1, "k": 1_000, "m": 1_000_000}
_COSTS_NOTHING = (ReplyOutcome.REJECTED, ReplyOutcome.TOO_LONG, ReplyOutcome.UNANSWERED)
_SECONDS_BETWEEN_READINGS = 1.0


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What may be spent on one output, over all runs until it is finished. At most one of the two is set."""

    usd: float | None = None
    tokens: int | None = None
    """Of prompts and answers."""

    @property
    def amount(self) -> float | None:
        """The cap, in its own unit; None if there is none."""
        return self.usd if self.usd is not None else self.tokens

    def say(self, amount: float) -> str:
        """An amount in the budget's unit, as a person reads it."""
        return f"{_rounded(amount)} USD" if self.usd is not None else f"{amount:,.0f} tokens"

    def option(self, amount: float) -> str:
        """An amount as `--budget` takes it."""
        if self.tokens is not None:
            return f"{math.ceil(amount)}tokens"
        return f"{math.ceil(amount * 100) / 100:g}usd" if amount >= 0.01 else f"{amount:.9f}".rstrip("0") + "usd"

    def of(self, tokens_in: float, tokens_out: float, price: Price | None) -> float:
        """What so many tokens take from the budget; one in US dollars needs a price."""
        if self.usd is None:
            return tokens_in + tokens_out
        assert price is not None
        return price.usd(tokens_in, tokens_out)


def parse_budget(text: str | None) -> Budget:
    """The budget that a person typed: `5usd`, `$0.50`, `200000tokens`, `1.5M tokens`; `0` allows no call."""
    if text is None:
        return Budget()
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ConfigError(f"`--budget` takes an amount like `5usd`, `$0.50` or `200000tokens`, got {text!r}")
    sign, number, multiple, unit = found.groups()
    amount = float(number.replace("_", "").replace(",", "")) * _MULTIPLES[multiple.lower()]
    unit = (unit or "").lower()
    if sign and unit.startswith("token"):
        raise ConfigError(f"`--budget` is either in US dollars or in tokens, got {text!r}")
    if unit.startswith("token"):
        if not amount.is_integer():
            raise ConfigError(f"`--budget` takes a whole number of tokens, got {text!r}")
        return Budget(tokens=int(amount))
    if sign or unit or amount == 0:
        return Budget(usd=amount)
    raise ConfigError(f"`--budget {text}` lacks its unit: say `{text}usd` or `{text}tokens`")


def num_prompt_characters(request: TeacherRequest) -> int:
    """The length of the prompt; of a chat, of all its messages together."""
    return sum(map(len, request.texts))


def estimated_tokens(num_characters: int) -> int:
    """About how many tokens a text has, at four characters each; at least 1 if there is any."""
    return -(-num_characters // _CHARACTERS_OF_A_TOKEN)


def most_tokens(request: TeacherRequest) -> tuple[int, int]:
    """How many tokens a request may take, in and out, at most.

    What a model thinks before it answers is not always limited by `max_new_tokens`; then it may be more.
    """
    num_bytes = sum(len(text.encode("utf-8", "replace")) for text in request.texts)
    frame = _TOKENS_OF_A_PROMPT + (_TOKENS_OF_A_MESSAGE * len(request.texts) if isinstance(request, ChatRequest) else 0)
    return num_bytes // _BYTES_OF_A_TOKEN + frame, request.sampling.max_new_tokens


def _rounded(amount: float) -> str:
    """In cents, and finer where it is less than a cent."""
    if amount == 0 or abs(amount) >= 0.01:
        return f"{amount:.2f}".removesuffix(".00")
    return f"{amount:.2g}" if abs(amount) >= 0.0001 else f"{amount:.1e}"


@dataclass(slots=True, kw_only=True)
class Figures:
    """Sums over calls. Those that begin with `saved` are of answers that came from the disk instead of a call."""

    calls: int = 0
    """Requests that the model was asked, the unanswered among them."""
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float = 0.0
    """Without the calls of unknown price."""
    unpriced_calls: int = 0
    estimated_calls: int = 0
    """Calls whose tokens are estimated from the number of characters."""
    hits: int = 0
    saved_tokens_in: int = 0
    saved_tokens_out: int = 0
    saved_usd: float = 0.0
    unpriced_hits: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """Of the calls and of the hits together."""

    @property
    def used_usd(self) -> float | None:
        """What all answers that were used took, paid now or earlier; None where a price is not known."""
        return None if self.unpriced_calls or self.unpriced_hits else self.usd + self.saved_usd

    @property
    def used_tokens(self) -> int:
        """Of all prompts and answers that were used, paid now or earlier."""
        return self.tokens_in + self.tokens_out + self.saved_tokens_in + self.saved_tokens_out

    def as_json(self) -> dict[str, Any]:
        """All of it, for a manifest; the money in whole millionths of a dollar."""
        values: dict[str, Any] = {name: getattr(self, name) for name in _COLUMNS}
        for name in ("usd", "saved_usd"):
            values[name] = round(values[name], 6)
        return {**values, "outcomes": dict(sorted(self.outcomes.items()))}


_COLUMNS = tuple(one.name for one in fields(Figures) if one.name != "outcomes")
_UPDATE = f"UPDATE runs SET {', '.join(f'{name} = ?' for name in _COLUMNS)}, outcomes = ? WHERE id = ?"
_TOTALS = (
    f"SELECT {', '.join(f'total({name})' for name in _COLUMNS)}, json_group_array(json(outcomes)) FROM runs "
    "WHERE stage = ?"
)


class StageEntry:
    """One run of one stage: a row that is brought up to date with every answer, from any thread."""

    def __init__(self, database: Database, stage: str, output: str, model: str, price: Price | None) -> None:
        """Open the row."""
        self.stage = stage
        self.output = output
        self.model = model
        self.price = price
        self.figures = Figures()
        self.kept_records: int | None = None
        self.kept_tokens: int | None = None
        self._database = database
        self._lock = threading.Lock()
        self._unsaved_hits = False
        self._others = (0.0, 0.0)
        self._others_read_at = -_SECONDS_BETWEEN_READINGS
        with database.transaction() as connection:
            row = connection.execute(
                "INSERT INTO runs (stage, output, model, begun_at) VALUES (?, ?, ?, ?)",
                (stage, output, model, time.time()),
            )
            self.run = int(row.lastrowid or 0)

    @property
    def has_answer(self) -> bool:
        """Whether the model itself has answered any request of this run, now or earlier."""
        return any(ReplyOutcome(outcome).is_from_model for outcome in self.figures.outcomes)

    def cost(self, request: TeacherRequest, reply: Reply) -> tuple[Cost, bool]:
        """What an answer took, and whether its tokens are estimated."""
        if reply.outcome in _COSTS_NOTHING:
            return Cost(tokens_in=0, tokens_out=0, usd=0.0), False
        tokens_in, tokens_out = reply.prompt_tokens, reply.completion_tokens
        is_estimated = tokens_in is None or tokens_out is None
        if tokens_in is None:
            tokens_in = estimated_tokens(num_prompt_characters(request))
        if tokens_out is None:
            tokens_out = estimated_tokens(len(reply.text))
        usd = None if self.price is None else self.price.usd(tokens_in, tokens_out)
        return Cost(tokens_in=tokens_in, tokens_out=tokens_out, usd=usd), is_estimated

    def add_call(self, reply: Reply, cost: Cost, *, is_estimated: bool) -> None:
        """Count an answer that was asked for; written by the next `write`."""
        figures = self.figures
        with self._lock:
            figures.calls += 1
            figures.outcomes[reply.outcome.value] += 1
            figures.tokens_in += cost.tokens_in
            figures.tokens_out += cost.tokens_out
            figures.estimated_calls += is_estimated
            if cost.usd is None:
                figures.unpriced_calls += 1
            else:
                figures.usd += cost.usd

    def add_hit(self, reply: Reply, cost: Cost) -> None:
        """Count an answer that was on disk; written by the next `write`."""
        figures = self.figures
        with self._lock:
            figures.hits += 1
            figures.outcomes[reply.outcome.value] += 1
            figures.saved_tokens_in += cost.tokens_in
            figures.saved_tokens_out += cost.tokens_out
            if cost.usd is None:
                figures.unpriced_hits += 1
            else:
                figures.saved_usd += cost.usd
            self._unsaved_hits = True

    def write(self, connection: sqlite3.Connection) -> None:
        """Write the row. To be called in a transaction of the database that this connection has open."""
        with self._lock:
            values = [getattr(self.figures, name) for name in _COLUMNS]
            outcomes = json.dumps(self.figures.outcomes)
            self._unsaved_hits = False
        connection.execute(_UPDATE, (*values, outcomes, self.run))

    def write_hits(self) -> None:
        """Write the row if answers from the disk are not in it yet."""
        if self._unsaved_hits:
            with self._database.transaction() as connection:
                self.write(connection)

    def keep(self, num_records: int, num_tokens: int) -> None:
        """Note what became of this run's answers."""
        self.kept_records, self.kept_tokens = num_records, num_tokens
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE runs SET kept_records = ?, kept_tokens = ? WHERE id = ?", (num_records, num_tokens, self.run)
            )

    def spent(self, budget: Budget) -> float:
        """What was spent on the unfinished output, over all runs, in the budget's unit.

        The part of other processes may be a second old.
        """
        now = time.monotonic()
        if now - self._others_read_at >= _SECONDS_BETWEEN_READINGS:
            self._others_read_at = now
            usd, tokens = self._database.row(
                "SELECT total(usd), total(tokens_in + tokens_out) FROM runs "
                "WHERE stage = ? AND output = ? AND NOT finished AND id != ?",
                (self.stage, self.output, self.run),
            )
            self._others = (usd, tokens)
        usd, tokens = self._others
        if budget.usd is not None:
            return float(usd + self.figures.usd)
        return float(tokens + self.figures.tokens_in + self.figures.tokens_out)

    def finish(self) -> None:
        """Note that the output is finished: what was spent on it no longer counts against a budget."""
        with self._database.transaction() as connection:
            self.write(connection)
            connection.execute("UPDATE runs SET finished = 1 WHERE stage = ? AND output = ?", (self.stage, self.output))

    def mean_tokens_out(self) -> float | None:
        """The mean length of what this model answered to this stage, in all runs; None if it never did."""
        calls, tokens = self._database.row(
            "SELECT total(calls), total(tokens_out) FROM runs WHERE stage = ? AND model = ? AND tokens_out > 0",
            (self.stage, self.model),
        )
        return tokens / calls if calls else None

    def as_json(self) -> dict[str, Any]:
        """This run's figures, with the price, and what a kept record and a kept token took."""
        figures = self.figures
        price = None if self.price is None else self.price.describe()
        values = {"stage": self.stage, "model": self.model, "price": price, **figures.as_json()}
        if self.kept_records is not None and self.kept_tokens is not None:
            values |= {"kept_records": self.kept_records, "kept_tokens": self.kept_tokens}
            values |= _per("usd_per_kept_record", figures.used_usd, self.kept_records)
            values |= _per("usd_per_kept_token", figures.used_usd, self.kept_tokens)
            values |= _per("tokens_per_kept_record", figures.used_tokens, self.kept_records)
            values |= _per("tokens_per_kept_token", figures.used_tokens, self.kept_tokens)
        return values


def totals_of(database: Database, stage: str) -> Figures:
    """The sums over all runs of a stage, whoever made them."""
    *values, outcomes = database.row(_TOTALS, (stage,))
    figures = Figures()
    for name, value in zip(_COLUMNS, values, strict=True):
        setattr(figures, name, type(getattr(figures, name))(value))
    for counted in json.loads(outcomes):
        figures.outcomes.update(counted)
    return figures


def _per(name: str, amount: float | None, number: int) -> dict[str, float | None]:
    """The rate, or nothing where nothing was kept."""
    if number == 0:
        return {}
    return {name: None if amount is None else float(f"{amount / number:.6g}")}
