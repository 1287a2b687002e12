import pytest

from hornbook.teacher.shown_code import fenced


@pytest.mark.parametrize(
    ("code", "fence"),
    [("x = 1", "```"), ("a = '`'", "```"), ("a = '''\n```\n'''", "````"), ("# `````", "``````")],
)
def test_the_fence_is_longer_than_any_in_the_code(code: str, fence: str) -> None:
    assert fenced(code) == f"{fence}python\n{code}\n{fence}"
