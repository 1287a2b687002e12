"""A cap on what a stage may spend, and how much a request may cost at most before it is asked."""

import math
import re
from dataclasses import dataclass

from hornbook.errors import ConfigError
from hornbook.teacher.api import ChatRequest, TeacherRequest
from hornbook.teacher.prices import Price

_BYTES_OF_A_TOKEN = 2
"""So few at least, on average over a prompt, in the tokenizers in use; four in English and in code."""
_TOKENS_OF_A_MESSAGE = 16
"""That its frame takes at most."""
_TOKENS_OF_A_PROMPT = 32
_CHARACTERS_OF_A_TOKEN = 4
_AMOUNT = re.compile(r"(\$?)\s*([\d_,]*\.?\d+|\d+\.)\s*([km]?)\s*(usd|\$|tokens?)?", re.IGNORECASE)
_MULTIPLES = {"": 1, "k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What may be spent on one output, over all runs until it is finished. At most one of the two is set."""

    usd: float | None = None
    tokens: int | None = None
    """Of prompts and answers."""

    def __post_init__(self) -> None:
        if self.usd is not None and self.tokens is not None:
            raise ConfigError(f"a budget is either in US dollars or in tokens, got {self.usd!r} and {self.tokens!r}")
        for name in ("usd", "tokens"):
            value = getattr(self, name)
            if value is not None and not (value >= 0 and math.isfinite(value)):
                raise ConfigError(f"a budget's `{name}` must not be negative, got {value!r}")

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
    """The budget that a person typed: `5usd`, `$0.50`, `200000tokens`, `1.5M tokens`; `0` allows no call.

    Raises:
        ConfigError: It is no such thing.
    """
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
    """How long the prompt is; of a chat, all its messages together."""
    if isinstance(request, ChatRequest):
        return sum(len(message.get("content", "")) for message in request.messages)
    return len(request.prompt)


def estimated_tokens(num_characters: int) -> int:
    """About how many tokens a text has, at four characters each; at least 1 if there is any."""
    return -(-num_characters // _CHARACTERS_OF_A_TOKEN)


def most_tokens(request: TeacherRequest) -> tuple[int, int]:
    """How many tokens a request may take, in and out, at most.

    What a model thinks before it answers is not always limited by `max_new_tokens`; then it may be more.
    """
    if isinstance(request, ChatRequest):
        num_bytes = sum(len(message.get("content", "").encode("utf-8", "replace")) for message in request.messages)
        frame = _TOKENS_OF_A_MESSAGE * len(request.messages) + _TOKENS_OF_A_PROMPT
    else:
        num_bytes, frame = len(request.prompt.encode("utf-8", "replace")), _TOKENS_OF_A_PROMPT
    return num_bytes // _BYTES_OF_A_TOKEN + frame, request.sampling.max_new_tokens


def _rounded(amount: float) -> str:
    """In cents, and finer where it is less than a cent."""
    if amount == 0 or abs(amount) >= 0.01:
        return f"{amount:.2f}".removesuffix(".00")
    return f"{amount:.2g}" if abs(amount) >= 0.0001 else f"{amount:.1e}"
