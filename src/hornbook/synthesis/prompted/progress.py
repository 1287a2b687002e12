"""What a person sees while a teacher writes: the records kept, the yield, the rate, the cost, the time left."""

import time

from hornbook.artifacts.stage import Progress
from hornbook.teacher.account import Account


class WritingProgress:
    """Passes on what the writer says, with the account's figures. Called after each reply."""

    def __init__(self, account: Account, progress: Progress) -> None:
        """Show it through `progress`."""
        self._account = account
        self._progress = progress
        self.begun = time.monotonic()

    def __call__(self, num_kept: int, num_wanted: int, note: str) -> None:
        """Show so many of the records wanted, and `note`, which is the yield in words."""
        figures = self._account.progress()
        left = None
        if num_kept and figures.num_answers:
            left = round((num_wanted - num_kept) * figures.num_answers / num_kept)
        rest = figures.note(num_open=left)
        self._progress(num_kept, num_wanted, f"{note}, {rest}" if rest else note)
