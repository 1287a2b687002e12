import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hornbook.synthesis.curriculum.execution import compile_operation
from hornbook.synthesis.curriculum.world import build_world

Ways = Callable[[str], list[Callable[..., Any]]]


@pytest.fixture(scope="session")
def ways() -> Ways:
    """Every way in which an operation is written, as functions of its value and its parameters."""
    operations = build_world().operations

    @functools.cache
    def all_of(name: str) -> list[Callable[..., Any]]:
        operation = operations[name]
        alone = [replace(operation, code=(code,), blocks=()) for code in operation.code]
        return [
            compile_operation(item)
            for item in alone + [replace(operation, code=(), blocks=(block,)) for block in operation.blocks]
        ]

    return all_of
