from hornbook.deduplication.exact import exact_groups, normalised_hash


def test_blank_lines_and_spaces_at_line_ends_do_not_count() -> None:
    assert normalised_hash("a = 1  \n\n\nb = 2\n") == normalised_hash("a = 1\nb = 2")


def test_indentation_and_words_count() -> None:
    assert normalised_hash("if a:\n    b()\nc()\n") != normalised_hash("if a:\n    b()\n    c()\n")
    assert normalised_hash("a") != normalised_hash("b")


def test_each_text_is_given_the_first_one_equal_to_it() -> None:
    assert exact_groups(["x", "y", "x\n", "", "y ", "\n\n"]) == [0, 1, 0, 3, 1, 3]
