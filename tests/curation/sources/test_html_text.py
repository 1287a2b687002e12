import pytest

from hornbook.curation.sources.html_text import text_of_html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a  b\nc</p>\n\n<p>d<br>e</p>", "a b c\n\nd\ne"),
        ("<pre><code>if x &lt; 1:\n    y\n\n</code></pre>", "```\nif x < 1:\n    y\n```"),
        ("<p>x</p><pre class='lang-py'>a\n```\nb</pre><p>y</p>", "x\n\n````\na\n```\nb\n````\n\ny"),
        ("<ul>\n<li><p>one</p></li>\n<li>two<ol><li>a</li><li>b</li></ol></li></ul>", "- one\n- two\n  1. a\n  2. b"),
        ("<blockquote><p>said</p><blockquote>more</blockquote></blockquote><p>x</p>", "> said\n>\n> > more\n\nx"),
        ("<h2>Head</h2>text <a href='u'>link</a> &amp;amp; <code>c</code>", "Head\n\ntext link &amp; `c`"),
        ("<script>evil()</script><style>p {}</style>x", "x"),
        ("<p>unclosed <pre>code", "unclosed\n\n```\ncode\n```"),
        ("</blockquote></ul></pre>x", "x"),
        ("", ""),
    ],
)
def test_structure_becomes_text_and_code_stays_as_it_stands(html: str, expected: str) -> None:
    assert text_of_html(html) == expected
