"""Rows of the table `nearest` of `decontaminate`, invented."""

from dataclasses import dataclass

RETOLD = """def harvest(baskets: list[int]) -> int:
    \"\"\"How many pears are in the fullest basket?\"\"\"
    fullest = 0
    for basket in baskets:  # one at a time, as a person would
        if basket > fullest:
            fullest = basket
    return fullest
"""
ASKED = """def largest_number(numbers: list[int]) -> int:
    \"\"\"Return the largest of the numbers, 0 if there is none.\"\"\"
    return max(numbers, default=0)
"""
TOLD = """Take the numbers one after the other, and remember the largest that you have seen so far.

```python
largest = 0
for number in [3, 9, 2]:
    largest = max(largest, number)
print(largest)
```

This prints 9. <script>throw 5</script>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A row of the table."""

    document_id: str
    benchmark: str
    task_id: str
    detector: str
    score: float
    evidence: str
    decision: str
    document_excerpt: str
    problem_excerpt: str
