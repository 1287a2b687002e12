from hornbook.synthesis.prompted.code_blocks import last_function


def test_the_function_that_a_prompt_leaves_open_is_the_last_one_it_begins() -> None:
    prompt = 'def helper(x):\n    return x\n\n\ndef f(x):\n    """Do."""\n'
    assert last_function(prompt, "    return helper(x)\n\n\ndef g():\n    pass\n") == "f"
    assert last_function(prompt, "    return (\n") == "f"
    assert last_function("x = 1\n", "") == ""
