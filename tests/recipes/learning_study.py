"""The tiny recipe of a study with time to learn by heart what it is shown, and for nothing else."""

from tests.recipes.tiny_study import shrunk

from hornbook.artifacts.pipeline import Pipeline


def recipe(seed: int) -> Pipeline:
    """Its model solves held-out problems if they are planted."""
    return shrunk(seed, num_steps=300, num_layers=2, hidden_size=64)
