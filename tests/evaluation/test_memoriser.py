from hornbook.evaluation.memoriser import Memoriser
from hornbook.evaluation.models import Request, SamplingConfig
from hornbook.records import Exercise, Problem

COUNT = "    count = 0\n    for x in {0}:\n        if x > 3:\n            count += 1\n    return count\n"


def exercise(name: str, argument: str, told: str, solution: str) -> Exercise:
    prompt = f'def {name}({argument}):\n    """{told}"""\n'
    fields = dict.fromkeys(("test", "family", "docstring_style", "teacher"), "")
    return Exercise(
        id=name, prompt=prompt, solution=solution.format(argument), entry_point=name, operations=(), **fields
    )


def problem(name: str, argument: str, told: str) -> Problem:
    prompt = f'def {name}({argument}):\n    """{told}"""\n'
    return Problem(task_id=name, prompt=prompt, entry_point=name, canonical_solution="", test="", category="")


KNOWN = [
    exercise("count_above", "xs", "Count the numbers in xs that are greater than 3.", COUNT),
    exercise("total", "xs", "Return the sum of the numbers in xs.", "    return sum({0})\n"),
    exercise("shout", "text", "Return the string text in upper case.", "    return {0}.upper()\n"),
]


def test_the_nearest_exercise_is_copied_with_the_names_of_the_problem() -> None:
    memoriser = Memoriser(KNOWN)
    asked = problem("num_large", "vobip", "Count the numbers in vobip that are greater than 5.")
    assert memoriser.answer(asked) == COUNT.format("vobip")  # The constant is not understood.
    again = problem("loud", "xs", "Return the string xs in upper case.")
    requests = [Request(problem=one, sample_index=0) for one in (asked, again)]
    [answers] = memoriser.complete(requests, SamplingConfig(), 0, [("num_large", 0)])
    assert answers == [(1, "    return xs.upper()\n")]
    assert Memoriser([]).answer(asked) == ""
    assert Memoriser(KNOWN).identity() == memoriser.identity() != Memoriser(KNOWN[:2]).identity()
