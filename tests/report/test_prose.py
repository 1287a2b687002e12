from hornbook.report.prose import passage_html

FENCE = "`" * 3


def test_headings_paragraphs_code_and_output_are_told_apart() -> None:
    text = (
        f"# Adding\n\n**Use** `+`\nto add.\n\n{FENCE}python\nprint(2)\n{FENCE}\n\nIt prints:\n\n{FENCE}\n2\n{FENCE}\n"
    )
    assert passage_html(text).split("\n") == [
        '<p class="heading">Adding</p>',
        "<p><strong>Use</strong> <code>+</code>",
        "to add.</p>",
        '<pre class="code" tabindex="0"><code><i class="b">print</i>(<i class="m">2</i>)</code></pre>',
        "<p>It prints:</p>",
        '<pre class="code output" tabindex="0"><code>2</code></pre>',
    ]


def test_a_session_is_code() -> None:
    assert passage_html("Try it:\n\n>>> 1 + 1\n2\n\nSo.").split("\n") == [
        "<p>Try it:</p>",
        '<pre class="code" tabindex="0"><code>&gt;&gt;&gt; <i class="m">1</i> + <i class="m">1</i>',
        '<i class="m">2</i></code></pre>',
        "<p>So.</p>",
    ]


def test_everything_is_escaped() -> None:
    marked = passage_html(f"<b>\n\n# <i>\n\n`<u>`\n\n{FENCE}\n<s>\n{FENCE}\n\n{FENCE}never closed <q>")
    assert not any(tag in marked for tag in ("<b>", "<i>", "<u>", "<s>", "<q>"))
