import pytest

from hornbook.errors import ConfigError
from hornbook.teacher.model_list import check_listed, only_model, unknown_model

ADDRESS = "http://host/v1"


def test_the_only_model_needs_no_name() -> None:
    assert only_model(["alone"], ADDRESS, flag="--model") == "alone"


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (["a", "b"], r"`--model`: `http://host/v1/models` lists `a`, `b`$"),
        ([], "lists none$"),
        (None, "lists none$"),
        ([f"m{number}" for number in range(30)], "`m19` and 10 more$"),
    ],
)
def test_several_models_or_none_ask_for_a_choice(listed: list[str] | None, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        only_model(listed, ADDRESS, flag="--model")


def test_a_model_is_known_with_or_without_its_owner_and_its_tag() -> None:
    for model in ("owner/name", "name", "other", "other:7b"):
        check_listed(model, ["owner/name", "other:7b"], ADDRESS)
    for model in ("nam", "owner", "7b", "oth"):
        with pytest.raises(ConfigError, match=f"`{ADDRESS}` has no model `{model}`; the nearest"):
            check_listed(model, ["owner/name", "other:7b"], ADDRESS)


def test_the_nearest_is_named_if_there_is_one() -> None:
    listed = ["gpt-4o", "gpt-3.5-turbo-0125", "text-embedding"]
    assert "nearest that it lists is `gpt-3.5-turbo-0125` (of 3)" in str(unknown_model("gpt3.5-turbo", listed, ADDRESS))
    assert "nearest that it lists is `b`" in str(unknown_model("a", ["a", "b"], ADDRESS))
    for nothing in (None, [], ["a"]):
        assert str(unknown_model("a", nothing, ADDRESS)) == f"`{ADDRESS}` has no model `a`"
