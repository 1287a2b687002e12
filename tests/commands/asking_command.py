"""A command with all flags of a teacher, as the product's have them: `python -m tests.commands.asking_command`.

Asks NUMBER questions and prints what it took. With `--break-in FILE` it meets a bug of ours in the middle, and FILE
gets what a debugger would show of the account.
"""

from pathlib import Path
from typing import Annotated

import pytest
import typer

from hornbook import cli
from hornbook.commands.teacher_options import (
    DEFAULT_CACHE,
    DEFAULT_CONCURRENCY,
    DEFAULT_KEY_VARIABLE,
    ApiKeyEnvOption,
    ApiKeyFileOption,
    BatchOption,
    BudgetOption,
    CacheOption,
    ConcurrencyOption,
    PricesOption,
    TeacherModelOption,
    TeacherOption,
    TemperatureOption,
    open_account,
)

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def ask(
    number: int,
    teacher: TeacherOption,
    model: TeacherModelOption = "",
    api_key_env: ApiKeyEnvOption = DEFAULT_KEY_VARIABLE,
    api_key_file: ApiKeyFileOption = None,
    concurrency: ConcurrencyOption = DEFAULT_CONCURRENCY,
    budget: BudgetOption = None,
    prices: PricesOption = None,
    cache: CacheOption = DEFAULT_CACHE,
    batch: BatchOption = False,
    temperature: TemperatureOption = 1.0,
    break_in: Annotated[Path | None, typer.Option("--break-in")] = None,
) -> None:
    """Ask."""
    from hornbook.commands.teacher_report import print_account
    from hornbook.display import make_console
    from hornbook.teacher.wire import ChatRequest, SamplingConfig

    sampling = SamplingConfig(max_new_tokens=50, temperature=temperature, top_p=1.0)
    with open_account(
        "ask",
        teacher,
        model=model,
        api_key_env=api_key_env,
        api_key_file=api_key_file,
        concurrency=concurrency,
        budget=budget,
        prices=prices,
        cache=cache,
        batch=batch,
    ) as account:
        typer.echo(account.estimate(number, 12, 50).describe())
        for index, _ in account.ask(
            ChatRequest(messages=[{"role": "user", "content": f"question {index}"}], sampling=sampling)
            for index in range(number)
        ):
            if break_in is not None and index == number // 2:
                break_in.write_text(f"{account!r} {vars(account)!r} {account.summary()!r}")
                raise RuntimeError("a bug of ours")
        account.kept(number, 10 * number)
        print_account(account.summary(), make_console())


def use_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this command be the whole of the command line."""
    monkeypatch.setattr(cli, "app", app)


if __name__ == "__main__":
    cli.app = app
    cli.main()
