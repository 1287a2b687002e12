"""The learning rate over a run.

Source: Gunasekar et al. 2023, section 2.3 (`linear`); Hu et al. 2024, "MiniCPM", section 4 (`warmup-stable-decay`).
"""


def learning_rate_at(
    step: int, *, peak: float, warmup_steps: int, num_steps: int, schedule: str = "linear", decay_steps: int = 0
) -> float:
    """The learning rate of a step.

    Args:
        step: From 0.
        peak: Reached in the last step of the warm-up.
        warmup_steps: Steps that rise; 0 for none.
        num_steps: Length of the run; the decay would reach zero in the step after the last.
        schedule: `linear` falls from the warm-up's end on, `warmup-stable-decay` in the last `decay_steps` only.
        decay_steps: Of the latter; 0 stays at the peak to the end.
    """
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    if schedule == "linear":
        return peak * (num_steps - step) / max(num_steps - warmup_steps, 1)
    return peak * min(1.0, (num_steps - step) / decay_steps) if decay_steps else peak
