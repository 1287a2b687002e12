"""When two functions behave the same, and which problems can tell."""

from dataclasses import dataclass

from hornbook.decontamination.benchmark_inputs import Behaviour
from hornbook.decontamination.same_outputs import SameOutputs
from hornbook.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class BehaviourConfig:
    """When two functions behave the same, and which problems can tell."""

    min_own_score: float = 1.0
    """Share of the benchmark's own inputs with the problem's output."""
    min_made_score: float = 0.8
    """Share of the made ones on which both return, on which leaks may differ. Where there are fewer own ones than
    `few_own_inputs`, these say too little, and the made ones must be as right as they."""
    min_made_returned: float = 0.5
    """Share of the made ones on which the function must return: leaks need not know inputs that are out of domain."""
    few_own_inputs: int = 4
    min_wide_score: float = 0.7
    """Share of the wide inputs on which both return."""
    min_wide_inputs: int = 6
    """With fewer on which both return, the wide inputs say nothing."""
    min_inputs: int = 5
    min_bits: float = 16.0
    """Least `Behaviour.information` of a problem that tells: 16 inputs that are answered with yes and no equally often,
    or seven with six different outputs."""
    batch_size: int = 100
    """Texts that share one program."""

    def __post_init__(self) -> None:
        for name in ("min_own_score", "min_made_score", "min_made_returned"):
            if not 0 < getattr(self, name) <= 1:
                raise ConfigError(f"`{name}` must lie in (0, 1], got {getattr(self, name)!r}")
        if not 0 <= self.min_wide_score <= 1:
            raise ConfigError(f"`min_wide_score` must lie in [0, 1], got {self.min_wide_score!r}")
        if self.few_own_inputs < 0:
            raise ConfigError(f"`few_own_inputs` must not be below 0, got {self.few_own_inputs!r}")
        for name in ("min_wide_inputs", "min_inputs", "batch_size"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        if not self.min_bits > 0:
            raise ConfigError(f"`min_bits` must be above 0, got {self.min_bits!r}")

    def most_failures(self, behaviour: Behaviour) -> tuple[int, int]:
        """How many of a problem's own inputs, and of the made ones, may have another output."""
        own, made = behaviour.num_own, behaviour.num_made
        of_made = self._made_score(behaviour)
        return int((1 - self.min_own_score) * own + 1e-9), int((1 - of_made) * made + 1e-9)

    def most_raised(self, behaviour: Behaviour) -> tuple[int, int]:
        """On how many of a problem's own inputs, and of the made ones, a function may not return."""
        own, made = self.most_failures(behaviour)
        if behaviour.num_own >= self.few_own_inputs:
            made = max(made, int((1 - self.min_made_returned) * behaviour.num_made + 1e-9))
        return own, made

    def _made_score(self, behaviour: Behaviour) -> float:
        return self.min_made_score if behaviour.num_own >= self.few_own_inputs else self.min_own_score

    def is_same(self, same: SameOutputs, behaviour: Behaviour) -> bool:
        """Whether a function with these outputs behaves like the problem."""
        own, made = self.most_raised(behaviour)
        if same.num_own < behaviour.num_own - own or same.num_made_returned < behaviour.num_made - made:
            return False
        if same.num_made < self._made_score(behaviour) * same.num_made_returned:
            return False
        too_few = same.num_wide_returned < self.min_wide_inputs
        return too_few or same.num_wide >= self.min_wide_score * same.num_wide_returned


def is_telling(behaviour: Behaviour, config: BehaviourConfig) -> bool:
    """Whether to behave like this problem proves anything."""
    return (
        len(behaviour.inputs) >= config.min_inputs
        and behaviour.information >= config.min_bits
        and not behaviour.is_identity
    )


def num_proving(behaviour: Behaviour, config: BehaviourConfig) -> int:
    """How many of the inputs, the first ones, are such that one wrong output is one too many."""
    own, made = config.most_failures(behaviour)
    return 0 if own else len(behaviour.inputs) if not made else behaviour.num_own
