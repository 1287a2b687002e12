"""Open a teacher by its address or file, with cache, ledger and budget before it.

Reads, writes: the database that the settings name.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from hornbook.errors import ConfigError, MissingInputError
from hornbook.teacher.account import Account
from hornbook.teacher.budget import Budget
from hornbook.teacher.cache import ReplyCache
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.database import Database
from hornbook.teacher.ledger import Ledger
from hornbook.teacher.price import Price, PriceTable, load_prices
from hornbook.teacher.teacher import Teacher

_LOCAL_SUFFIX = ".gguf"
_MOST_LOCAL = 8
"""So many at once a model gets that runs here: more take more memory and are no faster."""


@dataclass(frozen=True, kw_only=True)
class TeacherSettings:
    """Which teacher, and what it may spend."""

    address: str
    """`http://…` or `https://…` of an OpenAI-compatible endpoint, or the path of a GGUF file."""
    model: str = ""
    """As the endpoint calls it; may be empty where it serves only one."""
    api_key: str = field(default="", repr=False)
    """For an endpoint; never printed and never stored."""
    concurrency: int = 32
    """Requests under way at once, at most."""
    batch: bool = False
    """Ask through the endpoint's batch API."""
    budget: Budget = field(default_factory=Budget)
    prices: Path | None = None
    """A price table of one's own."""
    cache: Path
    """The database."""

    def __post_init__(self) -> None:
        if not self.is_endpoint and Path(self.address).suffix != _LOCAL_SUFFIX:
            raise ConfigError(
                f"a teacher is the address of an endpoint (http://… or https://…) or a {_LOCAL_SUFFIX} file, "
                f"got {self.address!r}"
            )
        if self.batch and not self.is_endpoint:
            raise ConfigError(f"a batch API belongs to an endpoint; `{self.address}` runs here, without one")

    @property
    def is_endpoint(self) -> bool:
        """Whether it is asked over HTTP."""
        return self.address.startswith(("http://", "https://"))

    def endpoint(self) -> EndpointConfig:
        """The endpoint's.

        Raises:
            ConfigError: The address, the key or the concurrency cannot be used.
        """
        return EndpointConfig(
            url=self.address, model=self.model, api_key=self.api_key, max_concurrency=self.concurrency
        )


@contextmanager
def open_account(
    settings: TeacherSettings, stage: str, *, report: Callable[[str], None] | None = None
) -> Iterator[Account]:
    """An account with the teacher, for a stage; what is under way at the end is abandoned.

    Args:
        settings: Which teacher, and what it may spend.
        stage: What the answers are for: the name under which they are counted, and for which the budget holds.
        report: Is told, now and then, how far batches are.

    Raises:
        ConfigError: The settings cannot be used; the model is unknown; a budget in US dollars without a price.
        MissingInputError: The GGUF file or the price table is not there.
        EndpointError: The endpoint is not there, or refuses the key.
        StoreError: The database cannot be opened.
    """
    prices = load_prices(settings.prices)
    if not settings.is_endpoint and not Path(settings.address).is_file():
        raise MissingInputError(f"there is no file `{settings.address}`")
    with Database(settings.cache) as database:
        teacher = _make_teacher(settings, database, report)
        ledger = Ledger(database, partial(_price_of, prices, settings))
        with Account(
            teacher, cache=ReplyCache(database), ledger=ledger, budget=settings.budget, stage=stage
        ) as account:
            yield account


def _make_teacher(settings: TeacherSettings, database: Database, report: Callable[[str], None] | None) -> Teacher:
    # Imported here: each of them is heavy, or needs an extra, and only one is wanted.
    if not settings.is_endpoint:
        from hornbook.teacher.local import LocalTeacher

        concurrency = min(settings.concurrency, _MOST_LOCAL)
        return LocalTeacher(Path(settings.address), max_concurrency=concurrency)
    if settings.batch:
        from hornbook.teacher.batch import BatchTeacher

        return BatchTeacher(settings.endpoint(), database, report=report)
    from hornbook.teacher.endpoint import EndpointTeacher

    return EndpointTeacher(settings.endpoint())


def _price_of(prices: PriceTable, settings: TeacherSettings, model: str) -> Price | None:
    """By the tables; what they do not name and runs on this machine is free."""
    price = prices.find(model)
    if price is None:
        is_here = not settings.is_endpoint or settings.endpoint().is_on_this_machine
        return Price.of_this_machine() if is_here else None
    return price.batched() if settings.batch else price
