"""The learning rate over a run: linear warm-up, then linear decay to zero.

Source: Gunasekar et al. 2023, section 2.3.
"""


def learning_rate_at(step: int, *, peak: float, warmup_steps: int, num_steps: int) -> float:
    """The learning rate of a step.

    Args:
        step: From 0.
        peak: Reached in the last step of the warm-up.
        warmup_steps: Steps that rise; 0 for none.
        num_steps: Length of the run; the decay would reach zero in the step after the last.
    """
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    return peak * (num_steps - step) / max(num_steps - warmup_steps, 1)
