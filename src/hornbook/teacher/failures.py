"""When a teacher stops asking: after a failure that all further requests would meet, or after too many failures."""

from collections.abc import Sequence
from http import HTTPStatus

from hornbook.errors import EndpointError, HornbookError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.exchange import NotFoundError, RefusedError, UnpaidError
from hornbook.teacher.model_list import unknown_model
from hornbook.teacher.teacher import Reply, ReplyOutcome

_FAILED = (ReplyOutcome.REJECTED, ReplyOutcome.UNANSWERED)


class FailureCount:
    """Counts the replies of one `ask`, and holds the error that ends it."""

    def __init__(self, max_failed_share: float = 0.25, min_judged: int = 20) -> None:
        """Begin at nothing.

        Args:
            max_failed_share: The largest share of the requests that may be rejected or stay unanswered.
            min_judged: How many requests must be through before that share is judged.
        """
        self._max_failed_share = max_failed_share
        self._min_judged = min_judged
        self._num_failed = 0
        self._num_replies = 0
        self.error: HornbookError | None = None

    @property
    def has_answer(self) -> bool:
        """Whether any request was answered: the key and the model are good."""
        return self._num_replies > self._num_failed

    def note(self, reply: Reply) -> None:
        """Count a reply; `error` is set once too large a share has failed."""
        self._num_replies += 1
        if reply.outcome not in _FAILED:
            return
        self._num_failed += 1
        is_judged = self._num_replies >= self._min_judged
        if is_judged and self._num_failed > self._max_failed_share * self._num_replies:
            self.error = self.error or EndpointError(
                f"{self._num_failed} of {self._num_replies} requests were rejected or not answered, more than "
                f"`max_failed_share` ({self._max_failed_share:g}) allows; the last one: {reply.detail}"
            )


def stops_everything(
    error: EndpointError, config: EndpointConfig, model: str, listed: Sequence[str] | None, count: FailureCount
) -> HornbookError | None:
    """What to raise if `error` would meet every further request as well; None if it is this request's own.

    403 is also how some endpoints refuse a text that they find unfit, so after an answer it is the request's own.
    """
    if isinstance(error, UnpaidError):
        return error
    if isinstance(error, NotFoundError):
        is_model = "model" in error.said.lower() or (listed is None and not count.has_answer)
        return unknown_model(model, listed, config.address) if is_model else None
    if isinstance(error, RefusedError):
        is_key = error.status == HTTPStatus.UNAUTHORIZED
        return error if is_key or (error.status == HTTPStatus.FORBIDDEN and not count.has_answer) else None
    return None
