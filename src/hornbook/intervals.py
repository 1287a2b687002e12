"""How sure a share is.

Source: Wilson 1927.
"""

import math

_Z_95 = 1.959963984540054


def wilson_interval(num_true: int, number: int) -> tuple[float, float]:
    """The 95 % interval of a share of independent cases, yes or no; sensible at 0 and at all of them, too.

    Raises:
        ValueError: There are no cases, or more are true than there are.
    """
    if number < 1 or not 0 <= num_true <= number:
        raise ValueError(f"no interval from {num_true} of {number} cases")
    share, spread = num_true / number, _Z_95**2 / number
    middle = (share + spread / 2) / (1 + spread)
    half = _Z_95 / (1 + spread) * math.sqrt(share * (1 - share) / number + spread / (4 * number))
    low = 0.0 if num_true == 0 else middle - half
    high = 1.0 if num_true == number else middle + half
    return low, high
