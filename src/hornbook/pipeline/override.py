"""Change one field of a recipe's config from text: `--set finetune.num_steps=500`."""

import dataclasses
import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from hornbook.errors import ConfigError
from hornbook.pipeline.run import Pipeline

C = TypeVar("C")


def parse_overrides(texts: Sequence[str]) -> dict[str, str]:
    """Split `stage.field=value` texts into key → value; of two for the same key the last counts.

    Raises:
        ConfigError: A text has no `=` or no field.
    """
    overrides: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or "." not in key.strip():
            raise ConfigError(f"--set takes STAGE.FIELD=VALUE, for example finetune.num_steps=500; got {text!r}")
        overrides[key.strip()] = value.strip()
    return overrides


def apply_overrides(pipeline: Pipeline, overrides: Mapping[str, str]) -> Pipeline:
    """The pipeline with the named fields changed.

    Args:
        pipeline: A recipe's pipeline.
        overrides: `stage.field` or `stage.field.field` → the value's text, read as JSON and otherwise as a string.

    Raises:
        ConfigError: No such stage or field, or a value that the field does not take; the message names the field.
    """
    for key, text in overrides.items():
        stage_name, *path = key.split(".")
        stages = [stage.name for stage in pipeline.stages]
        if stage_name not in stages:
            raise ConfigError(f"--set {key}: no stage `{stage_name}`{_suggest(stage_name, stages)}")
        config = pipeline.stage(stage_name).config
        pipeline = pipeline.with_config(stage_name, _replaced(config, path, text, key))
    return pipeline


def override_config(config: C, texts: Sequence[str]) -> C:
    """A config with the fields changed that `field=value` texts name.

    Raises:
        ConfigError: A text has no `=`, there is no such field, or it does not take the value.
    """
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise ConfigError(f"--set takes FIELD=VALUE; got {text!r}")
        config = _replaced(config, key.strip().split("."), value.strip(), key.strip())
    return config


def _replaced(config: Any, path: Sequence[str], text: str, key: str) -> Any:
    name, *rest = path
    fields = (
        [field.name for field in dataclasses.fields(config) if field.init] if dataclasses.is_dataclass(config) else []
    )
    if name not in fields:
        raise ConfigError(f"--set {key}: no field `{name}`{_suggest(name, fields)}")
    value = getattr(config, name)
    changed = _replaced(value, rest, text, key) if rest else _parsed(text, get_type_hints(type(config))[name], key)
    try:
        return dataclasses.replace(config, **{name: changed})
    except ConfigError as error:
        raise ConfigError(f"--set {key}={text}: {error}") from error


def _parsed(text: str, hint: Any, key: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    for candidate in (value, text, text.split(",")):
        try:
            return adapter.validate_python(candidate)
        except ValidationError:
            continue
    raise ConfigError(f"--set {key}: `{key}` takes {_name_of(hint)}, got {text!r}")


def _name_of(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")


def _suggest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean `{near[0]}`?"
    return f"; there are: {', '.join(known)}" if known else "; it holds no fields"
