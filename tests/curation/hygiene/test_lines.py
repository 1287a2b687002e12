from hornbook.curation.hygiene.lines import few_words, long_lines


def test_one_line_that_is_too_long_refuses_a_text_and_is_named() -> None:
    text = "a = 1\n" * 500 + "b = '" + "x" * 995 + "'\n"
    refusal = long_lines(text, max_line=1000, max_mean_line=100)
    assert refusal
    assert refusal.detail == "line 501 has 1,001 characters"
    assert long_lines(text, max_line=1001, max_mean_line=100) is None


def test_lines_that_are_long_on_average_refuse_a_text_and_blank_lines_do_not_hide_them() -> None:
    text = ("x" * 150 + "\n" + "\n" * 5) * 20
    assert long_lines(text, max_line=1000, max_mean_line=100)
    assert long_lines("x" * 99 + "\n", max_line=1000, max_mean_line=100) is None
    assert long_lines("", max_line=1000, max_mean_line=100) is None


def test_marks_without_letters_refuse_a_text() -> None:
    assert few_words("((((" * 20 + "abcd", min_share=0.25)
    assert few_words("x = 1\n" * 10, min_share=0.25) is None


def test_letters_of_any_script_count() -> None:
    assert few_words("имя = 'Ёлка'\n", min_share=0.25) is None
    assert few_words("→" * 30 + "имя", min_share=0.25)
