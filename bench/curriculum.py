"""Count what the curriculum promises, and print one JSON line: nothing here is written down, all is counted.

Usage: python bench/curriculum.py [--laptop]    the whole curriculum, or what the laptop recipe takes of it
"""

import json
import random
import sys
from collections import Counter

from hornbook.recipes.laptop import laptop
from hornbook.records import Exercise, Problem, as_document
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.curriculum.counting import count_tasks
from hornbook.synthesis.curriculum.exercises import (
    Author,
    ExercisesConfig,
    build_author,
    write_exercises,
    write_held_out,
)
from hornbook.synthesis.curriculum.idioms import Idiom, write_solution
from hornbook.synthesis.curriculum.sampler import bind
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig, write_passages
from hornbook.synthesis.curriculum.world import World
from hornbook.synthesis.strict import check_strictly

NUM_VERIFIED = 1_000


def main() -> None:
    """Write, verify, count, print."""
    config = ExercisesConfig(num_exercises=40_000, num_held_out=300)
    textbooks = TextbooksConfig(num_passages=6_000)
    if "--laptop" in sys.argv[1:]:
        pipeline = laptop(0)
        config, textbooks = pipeline.stage("exercises").config, pipeline.stage("textbooks").config
    author = build_author(config, 0)
    exercises = list(write_exercises(config, 0))
    problems = write_held_out(author, config.num_held_out, 0)
    passages = list(write_passages(textbooks, 0))
    told = [json.loads(passage.metadata) for passage in passages]
    sample = random.Random(0).sample(exercises, min(NUM_VERIFIED, len(exercises)))
    with Jail() as jail:
        num_wrong_exercises = len(check_strictly(list(map(as_document, sample)), jail))
        num_wrong_passages = len(check_strictly(passages, jail))
    occurring = Counter(name for exercise in exercises for name in exercise.operations)
    print(
        json.dumps(
            {
                "bench": "curriculum",
                "course": config.course,
                "families": len(author.world.families),
                "operations": len(author.world.operations),
                "distinct_tasks_of_up_to_two_operations": count_tasks(author.world, max_length=2),
                "distinct_tasks_of_up_to_three_operations": count_tasks(author.world, max_length=3),
                "fewest_solutions_of_an_operation": min(
                    _num_solutions(author.world, name) for name in author.world.operations
                ),
                "exercises": len(exercises),
                "different_exercises": len({exercise.prompt + exercise.solution for exercise in exercises}),
                "different_compositions": len({exercise.operations for exercise in exercises}),
                "rarest_operation_occurs": min(occurring[name] for name in author.world.operations),
                "docstring_styles": len({exercise.docstring_style for exercise in exercises}),
                "idioms": len({exercise.idiom for exercise in exercises}),
                "mean_exercise_characters": round(
                    sum(len(exercise.prompt) + len(exercise.solution) for exercise in exercises) / len(exercises)
                ),
                "prompts_with_two_meanings": _num_ambiguous(exercises),
                "held_out_problems": len(problems),
                "fewest_held_out_tests": min(problem.test.count("    assert ") for problem in problems),
                "held_out_families": dict(sorted(Counter(problem.category for problem in problems).items())),
                "held_out_compositions_in_training": _num_leaked(author, exercises),
                "held_out_prompts_in_training": _num_same_prompts(exercises, problems),
                "exercises_verified": len(sample),
                "exercises_that_hold": len(sample) - num_wrong_exercises,
                "passages": len(passages),
                "passages_that_hold": len(passages) - num_wrong_passages,
                "mean_passage_characters": round(sum(len(passage.text) for passage in passages) / len(passages)),
                "topics": len({one["topic"] for one in told}),
                "audiences": len({one["audience"] for one in told}),
                "passage_styles": len({one["style"] for one in told}),
            }
        )
    )


def _num_solutions(world: World, name: str) -> int:
    task = bind((world.operations[name],), random.Random(name))
    bodies = {
        write_solution(task, "solve", idiom, random.Random(f"{name}:{number}"))
        for idiom in Idiom
        for number in range(60)
    }
    return len(bodies - {None})


def _num_leaked(author: Author, exercises: list[Exercise]) -> int:
    """Exercises whose composition is held out or has a held-out run of neighbours."""
    return sum(author.split.touches(exercise.operations) for exercise in exercises)


def _num_same_prompts(exercises: list[Exercise], problems: list[Problem]) -> int:
    return len({exercise.prompt for exercise in exercises} & {problem.prompt for problem in problems})


def _num_ambiguous(exercises: list[Exercise]) -> int:
    meanings: dict[str, set[tuple[str, ...]]] = {}
    for exercise in exercises:
        meanings.setdefault(exercise.prompt, set()).add(exercise.operations)
    return sum(len(found) > 1 for found in meanings.values())


if __name__ == "__main__":
    main()
