"""Which model an endpoint is asked for, checked against the list of those that it has."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process, utils

from hornbook.errors import ConfigError

_NAMED_MODELS = 20


def only_model(listed: Sequence[str] | None, address: str, *, flag: str) -> str:
    """The one name in the list.

    Raises:
        ConfigError: There are none or several; names them, and `flag`, with which a person chooses.
    """
    names = listed or []
    if len(names) != 1:
        shown = ", ".join(f"`{name}`" for name in names[:_NAMED_MODELS]) or "none"
        more = f" and {len(names) - _NAMED_MODELS} more" if len(names) > _NAMED_MODELS else ""
        raise ConfigError(f"name the model with `{flag}`: `{address}/models` lists {shown}{more}")
    return names[0]


def check_listed(model: str, listed: Sequence[str], address: str) -> None:
    """Make sure that the list has a model: by its name, with its owner before it, or with its tag behind it.

    Raises:
        ConfigError: It has not; the message names the nearest.
    """
    if not any(name == model or name.endswith(f"/{model}") or name.startswith(f"{model}:") for name in listed):
        raise unknown_model(model, listed, address)


def unknown_model(model: str, listed: Sequence[str] | None, address: str) -> ConfigError:
    """The error for a model that the endpoint does not know, with the nearest that it does."""
    others = [name for name in listed or () if name != model]
    found = process.extractOne(model, others, scorer=fuzz.WRatio, processor=utils.default_process)
    nearest = found[0] if found else others[0] if others else None
    hint = f"; the nearest that it lists is `{nearest}` (of {len(others)})" if nearest else ""
    return ConfigError(f"`{address}` has no model `{model}`{hint}")
