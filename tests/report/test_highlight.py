import html
import random
import re

import pytest

from hornbook.report.highlight import highlight_python


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@pytest.mark.parametrize(
    "source",
    [
        "",
        'def f(x):\n    """Doc."""\n    return x + 1  # done\n',
        'x = """never closed\n<b>&amp;',
        "s = 'broken\nnext = f\"{a!r}\" + r'\\'",
        "</script><img src=x onerror=alert(1)>",
        "\x00\u2028é𝛼 @decorated.name\n@app\n",
    ],
)
def test_the_text_of_the_output_is_the_input(source: str) -> None:
    assert plain(highlight_python(source)) == source


def test_random_bytes_of_python_never_fail_and_never_open_a_tag() -> None:
    chance = random.Random(0)
    alphabet = "abc_19 \n\t\"'#\\<>&@.()[]{}fr:=" + "def class return "
    for _ in range(500):
        source = "".join(chance.choice(alphabet) for _ in range(chance.randrange(80)))
        marked = highlight_python(source)
        assert plain(marked) == source
        assert re.fullmatch(r"(?:[^<>]|<i class=\"[a-z]\">|</i>)*", marked, re.DOTALL)


def test_parts_are_marked() -> None:
    marked = highlight_python('@cache\ndef area(r: float) -> float:\n    """Area."""\n    return 3.14 * r  # pi\n')
    for part in (
        '<i class="o">@cache</i>',
        '<i class="k">def</i> <i class="d">area</i>',
        '<i class="b">float</i>',
        '<i class="s">&#34;&#34;&#34;Area.&#34;&#34;&#34;</i>',
        '<i class="k">return</i> <i class="m">3.14</i>',
        '<i class="c"># pi</i>',
    ):
        assert part in marked
