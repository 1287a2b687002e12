from collections import Counter
from pathlib import Path

import pytest
from tests.sources.real_formats import (
    answer,
    documents,
    dropped,
    is_the_sum_of_small_pieces,
    open_one,
    post,
    question,
    read,
    write_json,
    write_posts,
)

from hornbook.errors import MissingInputError
from hornbook.sources import posts_index
from hornbook.sources.posts_index import scan_posts
from hornbook.sources.stackoverflow import text_of_html

GOOD = (
    question(10),
    answer(11, 10, Score=7),
    answer(12, 10, Score=-1, OwnerUserId=None, OwnerDisplayName="Gone"),
    answer(13, 10, Score=7, ContentLicense="CC BY-SA 3.0"),
    answer(14, 10, Score=9, ContentLicense=None),
    answer(15, 10, Score=8),
)


def test_a_question_becomes_a_document_with_its_accepted_and_best_answers(tmp_path: Path) -> None:
    source = open_one(write_posts(tmp_path / "Posts.xml", *GOOD))
    (document,) = documents(source)
    code = "Like this:\n\n```\nx = {} < 3\n    y\n```"
    assert document.text == "\n\n".join(
        [
            '# What is "x" <10>?',
            "How do I do `x` number 10?",
            "## Accepted answer, score -1",
            code.format(12),
            "## Answer, score 9",
            code.format(14),
            "## Answer, score 8",
            code.format(15) + "\n",
        ]
    )
    assert document.licenses == ("CC-BY-SA-2.5", "CC-BY-SA-4.0", "NOASSERTION")
    assert document.origin == (
        "https://stackoverflow.com/questions/10; question by user 781; answer 12 by Gone; answer 14 by user 3434; "
        "answer 15 by user 3434"
    )
    assert (source.layout, document.source, document.path) == ("stackoverflow", "stackoverflow.com", "questions/10")


def test_answers_stand_anywhere_and_only_the_tag_counts(tmp_path: Path) -> None:
    rows = [
        answer(2, 1),
        answer(8, 7),
        question(1, Tags="<python><list>", AcceptedAnswerId=None),
        question(3, Tags="|python-3.x|"),
        answer(4, 3),
        question(5, Tags="|c|python|"),
        post(Id=6, PostTypeId=5, Body="a wiki"),
        question(7, Tags="|c|"),
        answer(9, 5, Score=None),
    ]
    source = open_one(write_posts(tmp_path / "Posts.xml", *rows))
    assert [one.path for one in documents(source)] == ["questions/1", "questions/5"]
    assert dropped(source) == []
    assert vars(source)["passed_over"] == {
        "question with other tags": 2,
        "answer to a question with other tags": 2,
        "post that is no question and no answer": 1,
    }
    other = open_one(tmp_path, tag="python-3.x")
    assert [one.path for one in documents(other)] == ["questions/3"]


def test_broken_rows_are_counted_by_reason_and_cost_no_other(tmp_path: Path) -> None:
    rows = [
        question(1),
        answer(3, 1),
        question(20).replace("number", "&#x0;"),
        question(21).replace("number", "\x0b"),
        question(22).replace("number", "&unknown;"),
        '  <row Id="23" PostTypeId="1\n',
        question(24, Title=None),
        answer(25, 1, Body=None),
        answer(26, 99),
        answer(27, "x1"),
        post(Id=28),
        question(1),
        answer(3, 1),
        question(30, AnswerCount=0),
        "rubbish\n",
        question(31, Body="<p>unclosed <b>tags"),
        answer(33, 31),
    ]
    path = write_posts(tmp_path / "Posts.xml", *rows)
    no_utf8 = answer(40, 1).replace("Like", "\udcff").encode("utf-8", "surrogateescape").strip()
    path.write_bytes(path.read_bytes().replace(b"rubbish", no_utf8))
    source = open_one(path)
    assert [one.path for one in documents(source)] == ["questions/1", "questions/31"]
    assert Counter(reason for _, reason in dropped(source)) == {
        "not XML": 4,
        "not UTF-8": 1,
        "missing attribute": 3,
        "answer without question": 1,
        "not a number": 1,
        "repeated id": 2,
        "question without answer": 1,
    }
    assert ("Posts.xml:5", "not XML") in dropped(source)
    assert is_the_sum_of_small_pieces(source)


@pytest.mark.parametrize("end", ["", '  <row Id="50" PostTypeId="1" Body="&lt;p&gt;cut of', "  <row Id="])
def test_a_dump_that_is_cut_off_says_so(tmp_path: Path, end: str) -> None:
    source = open_one(write_posts(tmp_path / "Posts.xml", *GOOD, end=end))
    assert len(documents(source)) == 1
    assert dropped(source) == [("Posts.xml:9", "file is cut off")]
    with pytest.raises(MissingInputError, match="is no dump of posts"):
        documents(open_one(write_json(tmp_path / "Users.xml", "<users></users>")))


def test_entities_of_the_files_own_are_not_read(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE posts [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n'
    path = write_posts(tmp_path / "Posts.xml", question(1).replace("number", "&a;"), *GOOD)
    path.write_text(path.read_text().replace("<posts>", laughs + "<posts>"))
    source = open_one(path)
    assert len(documents(source)) == 1
    assert [reason for _, reason in dropped(source)] == ["not XML", "not XML"]


def test_a_scan_can_begin_behind_any_row_whatever_ends_the_lines(tmp_path: Path) -> None:
    path = write_posts(tmp_path / "Posts.xml", *GOOD)
    text = path.read_text(encoding="utf-8")
    for changed in (text, text.replace("\n", "\r\n"), text.replace(" />", "></row>")):
        path.write_text(changed, encoding="utf-8", newline="")
        rows = list(scan_posts(path))
        assert [row.attributes and row.attributes["Id"] for row in rows] == ["10", "11", "12", "13", "14", "15"]
        for number, row in enumerate(rows[:-1]):
            assert next(scan_posts(path, row.offset + row.length, row.line + 1)) == rows[number + 1]


def test_a_scan_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        row for number in range(0, 300, 3) for row in (question(number), answer(number + 2, number), answer(9999, 1))
    ]
    path = write_posts(tmp_path / "Posts.xml", *rows)
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    whole = open_one(path)
    expected = read(whole, tmp_path / "whole")
    monkeypatch.setattr(posts_index, "_ROWS_PER_COMMIT", 50)

    def scan(*arguments: object) -> object:
        for number, row in enumerate(scan_posts(*arguments)):  # type: ignore[arg-type]
            if number == 120:
                raise KeyboardInterrupt
            yield row

    for _ in range(2):
        monkeypatch.setattr(posts_index, "scan_posts", scan)
        with pytest.raises(KeyboardInterrupt):
            read(open_one(path), tmp_path / "cut")
    monkeypatch.setattr(posts_index, "scan_posts", scan_posts)
    resumed = open_one(path)
    assert read(resumed, tmp_path / "cut") == expected
    assert len(expected) == 100 + 99 + 1
    assert vars(resumed)["passed_over"] == vars(whole)["passed_over"]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a  b\nc</p>\n\n<p>d<br>e</p>", "a b\nc\n\nd\ne"),
        ("<pre><code>if x_y &lt; 1 * 2:\n    y\n\n</code></pre>", "```\nif x_y < 1 * 2:\n    y\n```"),
        ("<p>x</p><pre class='lang-py'>a\n```\nb</pre><p>y</p>", "x\n\n````\na\n```\nb\n````\n\ny"),
        ("<ul>\n<li><p>one</p></li>\n<li>two<ol><li>a</li></ol></li></ul>", "- one\n- two\n  1. a"),
        ("<blockquote><p>said</p></blockquote><p>x_y</p>", "> said\n\nx_y"),
        ("text <a href='u'>link</a> &amp;amp; <code>c</code>", "text link &amp; `c`"),
        ("<script>evil()</script><style>p {}</style>x", "x"),
        ("<p>unclosed <pre>code", "unclosed\n\n```\ncode\n```"),
        ("<blockquote>" * 5_000 + "deep", "deep"),
        ("<![x", "<![x"),
        ("", ""),
    ],
    ids=lambda text: text[:20],
)
def test_html_becomes_markdown_and_code_stays_as_it_stands(html: str, expected: str) -> None:
    assert text_of_html(html) == expected
