"""What a person says about a teacher, and how an account with that teacher is opened.

Reads, writes: the database of the cache.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hornbook.errors import ConfigError, MissingInputError

if TYPE_CHECKING:
    from hornbook.teacher.account import Account
    from hornbook.teacher.api import Teacher
    from hornbook.teacher.cache import Database
    from hornbook.teacher.http import EndpointConfig
    from hornbook.teacher.prices import Price, PriceTable

DEFAULT_KEY_VARIABLE = "OPENAI_API_KEY"
CACHE_NAME = "teacher.sqlite"
"""Of the cache in a store."""
_LOCAL_SUFFIX = ".gguf"
_MOST_LOCAL = 8
"""Requests in flight for a model that runs here: more need more memory and are not faster."""
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class TeacherOptions:
    """Which teacher answers, and what it may spend. The fields are named as the options of the command line."""

    teacher: str = ""
    """The address of an OpenAI-compatible endpoint (http://…), or a GGUF file to run here."""
    teacher_model: str = ""
    """The model's name, where the endpoint serves several."""
    api_key_env: str = DEFAULT_KEY_VARIABLE
    """The environment variable that holds the API key."""
    api_key_file: Path | None = None
    """A file whose first line is the API key."""
    concurrency: int = 32
    """Maximum number of requests in flight."""
    budget: str | None = None
    """What may be spent on this output, as 5usd or 200000tokens; the command stops before it would spend more."""
    prices: Path | None = None
    """A TOML file with prices of models, looked up before the prices that come with Hornbook."""
    cache: Path | None = None
    """The file that keeps every answer, so that none is paid twice; teacher.sqlite in the store where not given."""
    batch: bool = False
    """Use the endpoint's batch API: slower, at half the price where it is OpenAI's."""

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ConfigError(f"`--concurrency` must be at least 1, got {self.concurrency!r}")

    @property
    def is_endpoint(self) -> bool:
        """Whether the teacher is asked over HTTP."""
        return self.teacher.startswith(("http://", "https://"))

    def endpoint(self) -> "EndpointConfig":
        """The endpoint's config.

        Raises:
            ConfigError: The address, the key or the concurrency cannot be used.
        """
        from hornbook.teacher.http import EndpointConfig

        key = find_key(self.api_key_env, self.api_key_file, self.teacher)
        return EndpointConfig(url=self.teacher, model=self.teacher_model, api_key=key, max_concurrency=self.concurrency)

    @contextmanager
    def open(
        self, stage: str, output: Path | None, store: Path, *, report: Callable[[str], None] | None = None
    ) -> "Iterator[Account]":
        """An account with the teacher; requests in flight at the end are abandoned.

        Args:
            stage: What the answers are for: the name under which they are counted.
            output: Where the results go. The budget is for this output of this stage, until a run ends without an
                error; None shares it among all runs of the stage without an output.
            store: The folder in which the cache lies, where `cache` is not set.
            report: Receives, now and then, the progress of batches.

        Raises:
            ConfigError: An option cannot be used; the model is unknown; a budget in US dollars without a price.
            MissingInputError: The GGUF file, the price table or the file with the key cannot be read.
            EndpointError: The endpoint cannot be reached, or refuses the key.
            StoreError: The database cannot be opened.
        """
        from hornbook.teacher.account import Account
        from hornbook.teacher.cache import Database
        from hornbook.teacher.ledger import parse_budget
        from hornbook.teacher.prices import load_prices

        self._check()
        budget, prices = parse_budget(self.budget), load_prices(self.prices)
        config = self.endpoint() if self.is_endpoint else None
        with Database(self.cache or store / CACHE_NAME) as database:
            teacher = self._make_teacher(config, database, report)
            with Account(
                teacher,
                database=database,
                price_of=lambda model: self._price_of(prices, config, model),
                budget=budget,
                stage=stage,
                output="" if output is None else str(output.resolve()),
            ) as account:
                yield account

    def _check(self) -> None:
        if not self.is_endpoint and Path(self.teacher).suffix != _LOCAL_SUFFIX:
            raise ConfigError(
                f"a teacher is the address of an endpoint (http://… or https://…) or a {_LOCAL_SUFFIX} file, "
                f"got {self.teacher!r}"
            )
        if self.batch and not self.is_endpoint:
            raise ConfigError(f"a batch API belongs to an endpoint; `{self.teacher}` runs here, without one")
        if not self.is_endpoint and not Path(self.teacher).is_file():
            raise MissingInputError(f"there is no file `{self.teacher}`")

    def _make_teacher(
        self, config: "EndpointConfig | None", database: "Database", report: Callable[[str], None] | None
    ) -> "Teacher":
        if config is None:
            from hornbook.teacher.local import LocalTeacher

            return LocalTeacher(Path(self.teacher), max_concurrency=min(self.concurrency, _MOST_LOCAL))
        if self.batch:
            from hornbook.teacher.batch import BatchTeacher

            return BatchTeacher(config, database, report=report)
        from hornbook.teacher.endpoint import Endpoint

        return Endpoint(config)

    def _price_of(self, prices: "PriceTable", config: "EndpointConfig | None", model: str) -> "Price | None":
        """The price by the tables; a model that they do not name and that runs on this machine is free."""
        from hornbook.teacher.prices import Price

        price = prices.find(model)
        if price is None:
            return Price.of_this_machine() if config is None or config.is_on_this_machine else None
        return price.batched() if self.batch else price


def find_key(variable: str, file: Path | None, address: str | None) -> str:
    """The key in a file, or else in an environment variable; empty where nobody named one and there is none.

    Raises:
        ConfigError: The variable that was named is not set.
        MissingInputError: The file cannot be read, or begins with an empty line.
    """
    if file is None:
        return read_key(variable, "--api-key-env", address)
    try:
        with file.open(encoding="utf-8") as lines:
            key = lines.readline().strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        raise MissingInputError(f"`--api-key-file {file}` cannot be read: {said}") from None
    if not key:
        raise MissingInputError(f"`--api-key-file {file}` has no key in its first line")
    return key


def read_key(variable: str, option: str, address: str | None) -> str:
    """The key in an environment variable; empty where nobody named the variable and it is not set.

    A key that nobody named is not sent unencrypted to another machine.

    Raises:
        ConfigError: The variable was named and is not set.
    """
    key = os.environ.get(variable, "")
    named = variable != DEFAULT_KEY_VARIABLE
    if not key and named:
        raise ConfigError(f"the variable `{variable}`, which `{option}` names, is not set; it must hold the key")
    parts = urlsplit(address or "")
    is_unencrypted = parts.scheme == "http" and parts.hostname not in _THIS_MACHINE
    return "" if is_unencrypted and not named else key
