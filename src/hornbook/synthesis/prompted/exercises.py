"""Exercises by a language model: what the writer asks for and how it reads the answers."""

from hornbook.records import Exercise
from hornbook.synthesis.prompted.commission import Commission, messages_digest
from hornbook.synthesis.prompted.exercise_answers import read_exercise
from hornbook.synthesis.prompted.exercise_prompts import (
    ExerciseIngredients,
    ExercisePromptConfig,
    exercise_request,
    order_exercise,
)
from hornbook.synthesis.prompted.function_rules import FunctionRules
from hornbook.synthesis.prompted.rejection import Rejection
from hornbook.teacher.teacher import Reply, TeacherRequest


class ExerciseJob:
    """Exercises made of ingredients under a config. Implements `Job`."""

    def __init__(
        self, ingredients: ExerciseIngredients, config: ExercisePromptConfig, rules: FunctionRules, teacher_name: str
    ) -> None:
        """Describe the work.

        Args:
            ingredients: Names, topics and the rest.
            config: The constraint and the sampling.
            rules: What a function must keep to.
            teacher_name: Stands in the records.
        """
        self._ingredients = ingredients
        self._config = config
        self._rules = rules
        self._teacher_name = teacher_name

    def request(self, seed: int, index: int) -> TeacherRequest:
        """See `Job`."""
        return exercise_request(order_exercise(self._ingredients, self._config, seed, index), self._config, seed)

    def read(self, seed: int, index: int, reply: Reply) -> tuple[Exercise | Rejection, Commission]:
        """See `Job`."""
        order = order_exercise(self._ingredients, self._config, seed, index)
        result = read_exercise(reply, order, self._teacher_name, self._rules)
        commission = Commission(
            record_id="" if isinstance(result, Rejection) else result.id,
            index=index,
            stream=0,
            name=order.name,
            topics=tuple(topic.name for topic in order.topics),
            profession=order.profession,
            layout=order.layout.name,
            audience="",
            words=(),
            share_of_words_used=1.0,
            prompt_sha256=messages_digest(self.request(seed, index)),
            outcome="",
        )
        return result, commission
