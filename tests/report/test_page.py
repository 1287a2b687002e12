import html
import random
import re

import pytest

from hornbook.report.page import highlight_python, passage_html

FENCE = "`" * 3


def bare(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\n\n  indented and blank\r\n",
        'x = """never closed\n<b>&amp;',
        "</script><img src=x onerror=alert(1)>",
        "\x00\ufeff\u2028é𝛼 @decorated.name\n@app\n",
    ],
)
def test_the_text_of_highlighted_code_is_the_code(source: str) -> None:
    assert bare(highlight_python(source)) == source


def test_random_pieces_of_python_never_fail_and_never_open_a_tag() -> None:
    chance = random.Random(0)
    alphabet = "abc_19 \n\t\"'#\\<>&@.()[]{}fr:=" + "def class return "
    for _ in range(300):
        source = "".join(chance.choice(alphabet) for _ in range(chance.randrange(80)))
        marked = highlight_python(source)
        assert bare(marked) == source
        assert re.fullmatch(r"(?:[^<>]|<i class=\"[a-z]\">|</i>)*", marked, re.DOTALL)


def test_headings_lists_paragraphs_code_and_output_are_told_apart() -> None:
    marked = passage_html(
        f"# Adding\n\n**Use** `+`\nto add.\n\n- one\n- two\n\n{FENCE}python\nprint(2)\n{FENCE}\n\n{FENCE}\n2\n{FENCE}\n"
    )
    for part in (
        '<p class="heading">Adding</p>',
        "<p><strong>Use</strong> <code>+</code>\nto add.</p>",
        "<li>two</li>",
        '<pre class="code" tabindex="0"><code><i class="b">print</i>(<i class="m">2</i>)</code></pre>',
        '<pre class="code output" tabindex="0"><code>2</code></pre>',
    ):
        assert part in marked
    assert "<h1" not in marked


def test_a_session_is_code_whether_it_is_indented_or_not() -> None:
    code = '<pre class="code" tabindex="0"><code>&gt;&gt;&gt; <i class="m">1</i> + <i class="m">1</i>'
    for session in (">>> 1 + 1\n2", "    >>> 1 + 1\n    2"):
        marked = passage_html(f"Try it:\n\n{session}\n\nSo.")
        assert code in marked
        assert "blockquote" not in marked
        assert marked.endswith("<p>So.</p>\n")


def test_nothing_of_a_passage_is_read_as_html_and_nothing_leaves_the_page() -> None:
    marked = passage_html(
        f"<b>\n\n# <i>\n\n`<u>` [link](http://x.y) ![image](http://x.y/z.png) <http://x.y> [ref]\n\n"
        f"[ref]: http://x.y\n\n<div onclick=x>\n\n{FENCE}<q>\n<s>\n{FENCE}\n\n{FENCE}python\n</script> never closed"
    )
    assert not re.search(r"<(?!/?(?:p|pre|code|i)\b)", marked)
    assert "href" not in marked
    assert "src" not in marked
    assert "[link](http://x.y)" in marked
