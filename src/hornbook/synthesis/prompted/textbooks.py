"""Textbook passages by a language model: what the writer asks for and how it reads the answers."""

from hornbook.records import Passage
from hornbook.synthesis.prompted.commission import Commission, messages_digest
from hornbook.synthesis.prompted.passage_answers import PassageRules, read_passage, share_of_words_used
from hornbook.synthesis.prompted.passage_prompts import (
    PassageIngredients,
    PassagePromptConfig,
    order_passage,
    passage_request,
)
from hornbook.synthesis.prompted.rejection import Rejection
from hornbook.teacher.teacher import Reply, TeacherRequest


class PassageJob:
    """Passages made of ingredients under a config. Implements `Job`."""

    def __init__(
        self, ingredients: PassageIngredients, config: PassagePromptConfig, rules: PassageRules, teacher_name: str
    ) -> None:
        """Describe the work.

        Args:
            ingredients: Topics and the rest.
            config: The sampling.
            rules: What a passage must keep to.
            teacher_name: Stands in the records.
        """
        self._ingredients = ingredients
        self._config = config
        self._rules = rules
        self._teacher_name = teacher_name

    def request(self, seed: int, index: int) -> TeacherRequest:
        """See `Job`."""
        return passage_request(order_passage(self._ingredients, self._config, seed, index), self._config, seed)

    def read(self, seed: int, index: int, reply: Reply) -> tuple[Passage | Rejection, Commission]:
        """See `Job`."""
        order = order_passage(self._ingredients, self._config, seed, index)
        result = read_passage(reply, order, self._teacher_name, self._rules)
        return result, Commission(
            record_id="" if isinstance(result, Rejection) else result.id,
            index=index,
            stream=0,
            name="",
            topics=(order.topic.name,),
            profession="",
            layout=order.style.name,
            audience=order.audience.name,
            words=order.words,
            share_of_words_used=share_of_words_used(reply.text, order.words),
            prompt_sha256=messages_digest(self.request(seed, index)),
            outcome="",
        )
