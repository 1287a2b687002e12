"""Watch the diversity of exercises or passages while they are written, and say when the generation has gone stale.

Reads:  records, in the order in which they were made.
Writes: reasons to stop or to seed anew (`stale`), and a report.
Source: sections 2.2 and 2.3 of the paper ask for diversity and measure none; phi-1's critics and TinyStories name what
        goes wrong: the same openings, the same names, the same solutions with other constants.

A record costs well under a millisecond. Memory grows by about a kilobyte a record of exercise size: hashes, counts and
numbers, no texts. Everything is deterministic in one version of Python.
"""

from array import array
from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np

from hornbook.records import Exercise, Passage
from hornbook.synthesis.diversity.features import Features, features_of, words_of_name
from hornbook.synthesis.diversity.figures import (
    RunningMean,
    coverage_of,
    new_per_thousand,
    rarefied_curve,
    saturation_of,
    spread_of,
    variety_of,
)
from hornbook.synthesis.diversity.near import NearIndex
from hornbook.synthesis.diversity.novelty import SeenKeys
from hornbook.synthesis.diversity.report import DiversityReport
from hornbook.synthesis.diversity.tally import Tally
from hornbook.synthesis.diversity.thresholds import DiversityThresholds
from hornbook.synthesis.diversity.window import Glance, judge

COMMON_COUNT = 150
_RECORDS_BETWEEN_POINTS = 25

DEFAULT_THRESHOLDS = DiversityThresholds()


class Monitor:
    """Everything that is known of a generation's diversity so far."""

    def __init__(
        self,
        thresholds: DiversityThresholds = DEFAULT_THRESHOLDS,
        *,
        common_count: int = COMMON_COUNT,
        topics: Mapping[str, tuple[str, ...]] | None = None,
        num_topics: int | None = None,
    ) -> None:
        """Begin without records.

        Args:
            thresholds: When a generation counts as stale.
            common_count: The size of the parts in which collections are compared, at least 1.
            topics: For the id of a record the leaves of the topic tree that it was to be about; may grow meanwhile.
            num_topics: Leaves of the tree; None: no coverage is reported.
        """
        self._thresholds = thresholds
        self._common_count = common_count
        self._topics = topics or {}
        self._num_topics = num_topics
        self._num_records = self._num_unparsed = self._num_importing = 0
        self._texts, self._clusters, self._openings, self._shapes = Tally(), Tally(), Tally(), Tally()
        self._names, self._name_words, self._imports, self._leaves = Tally(), Tally(), Tally(), Tally()
        self._near = NearIndex(thresholds.similarity)
        self._seen = SeenKeys()
        self._block: set[int] = set()
        self._novelty, self._block_novelty, self._open_block = RunningMean(), RunningMean(), list[float]()
        self._num_tokens, self._num_lines, self._num_branches = array("I"), array("I"), array("I")
        self._points = array("Q"), array("Q")
        self._window: deque[Glance] = deque(maxlen=thresholds.window)

    def add(self, records: Sequence[Exercise | Passage]) -> None:
        """Look at further records, in order."""
        for record in records:
            self._add(features_of(record), self._topics.get(record.id, ()))

    def stale(self) -> tuple[str, ...]:
        """Why the last records are stale, each reason in words with its figure; empty while all is well.

        Nothing is judged before `window` records are there.
        """
        if len(self._window) < self._thresholds.window:
            return ()
        return judge(self._window, self._thresholds)

    def begin_window(self) -> None:
        """Judge only what comes from here on, against all before: for a generation that goes on with other prompts."""
        self._window.clear()

    def report(self, seed: int = 0) -> DiversityReport:
        """All figures so far.

        Args:
            seed: Of the resampling behind the intervals.
        """
        generator = np.random.default_rng(seed)
        size = self._common_count
        tallies = {
            "texts": self._texts,
            "clusters": self._clusters,
            "openings": self._openings,
            "shapes": self._shapes,
            "names": self._names,
            "name_words": self._name_words,
            "imports": self._imports,
        }
        return DiversityReport(
            num_records=self._num_records,
            common_count=size,
            num_code=len(self._num_branches),
            num_unparsed=self._num_unparsed,
            similarity=self._thresholds.similarity,
            **{name: variety_of(tally, size, generator) for name, tally in tallies.items()},
            num_importing=self._num_importing,
            novelty=self._novelty.average(),
            novelty_at_size=self._block_novelty.average(),
            saturation=saturation_of([*zip(*self._points, strict=True), (self._shapes.total, len(self._shapes))]),
            new_shapes_at_size=new_per_thousand(self._shapes, size),
            rarefied_shapes=rarefied_curve(self._shapes),
            num_tokens=spread_of(self._num_tokens),
            num_lines=spread_of(self._num_lines),
            num_branches=spread_of(self._num_branches),
            coverage=coverage_of(self._leaves, self._num_topics) if self._num_topics else None,
            stale=self.stale(),
        )

    def _add(self, features: Features, topics: Sequence[str]) -> None:
        is_repeated = self._texts.add(features.text_key) > 0
        cluster, is_near = self._near.add(features.shingles)
        self._clusters.add(cluster + 1)
        self._count_kinds(features, topics)
        novelty = self._count_ngrams(features)
        self._num_records += 1
        self._num_unparsed += features.num_unparsed
        self._num_importing += bool(features.imports)
        self._num_tokens.append(features.num_tokens)
        self._num_lines.append(features.num_lines)
        self._num_branches.extend(piece.num_branches for piece in features.pieces)
        if self._num_records % _RECORDS_BETWEEN_POINTS == 0:
            for column, value in zip(self._points, (self._shapes.total, len(self._shapes)), strict=True):
                column.append(value)
        self._window.append(
            Glance(
                is_repeated=is_repeated,
                is_near=is_near or is_repeated,
                novelty=novelty,
                opening=features.opening,
                shape=features.shape,
                names=features.names,
            )
        )

    def _count_kinds(self, features: Features, topics: Sequence[str]) -> None:
        if features.opening:
            self._openings.add_name(features.opening)
        if features.shape:
            self._shapes.add(features.shape, ", ".join(features.names))
        for name in features.names:
            self._names.add_name(name)
            for word in words_of_name(name):
                self._name_words.add_name(word)
        for module in features.imports:
            self._imports.add_name(module)
        for topic in topics:
            self._leaves.add_name(topic)

    def _count_ngrams(self, features: Features) -> float:
        """Share of the record's runs of words that are new; 0 for a record without words."""
        count = max(len(features.ngrams), 1)
        novelty = self._seen.add(features.ngrams) / count
        self._novelty.add(novelty)
        there = len(self._block)
        self._block.update(features.ngrams.tolist())
        self._open_block.append((len(self._block) - there) / count)
        if len(self._open_block) == self._common_count:
            for share in self._open_block:
                self._block_novelty.add(share)
            self._open_block.clear()
            self._block.clear()
        return novelty
