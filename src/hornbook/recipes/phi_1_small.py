"""phi-1-small: the paper's model of 350 million parameters, on the same data with the same schedules.

Source: Gunasekar et al. 2023, "Textbooks Are All You Need" (arXiv 2306.11644). The tags are those of `phi_1.py`.
"""

from dataclasses import replace

from hornbook.pipeline.run import Pipeline
from hornbook.recipes import phi_1

MODEL = replace(
    phi_1.MODEL,
    num_layers=20,  # Source: section 2.3.
    hidden_size=1_024,  # Source: section 2.3.
    intermediate_size=4_096,  # Source: section 2.3.
    num_heads=16,  # Source: section 2.3, heads of 64 dimensions.
)
PRETRAIN = replace(
    phi_1.PRETRAIN,
    model=MODEL,
    # Source: figure 2.1 shows phi-1-small at 76B tokens, which are all 36,000 steps; only the larger model stops early.
    stop_step=None,
)


def phi_1_small(seed: int = 0) -> Pipeline:
    """The recipe's pipeline.

    Args:
        seed: The seed of every random choice.
    """
    return phi_1.build("phi-1-small", PRETRAIN, seed)
