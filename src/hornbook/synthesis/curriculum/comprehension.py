"""A run of changes and filters written as one comprehension."""

import ast

from hornbook.synthesis.curriculum.endings import Lines
from hornbook.synthesis.curriculum.operation import Form, fill_code, is_atom
from hornbook.synthesis.curriculum.task import Step


def lazily(value: str) -> str | None:
    """An iterator over the members of a list that is written as a comprehension or as `list(map(…))`, or none."""
    tree = ast.parse(value, mode="eval").body
    if isinstance(tree, ast.ListComp):
        return f"({value[1:-1]})"
    is_list = isinstance(tree, ast.Call) and value.startswith(("list(map(", "list(filter("))
    return value.removeprefix("list(").removesuffix(")") if is_list else None


def is_generator(expression: str) -> bool:
    """Whether an expression is a generator's inside, which stands bare only as a call's single argument."""
    if " for " not in expression or is_atom(expression):
        return False
    if expression[0] not in "[{(":
        return True
    try:  # `(n or 1) + k for n in numbers` begins with a bracket, too.
        ast.parse(expression, mode="eval")
    except SyntaxError:
        return True
    return False


class Comprehension:
    """A run of changes and filters that becomes one comprehension, as far as that stays readable."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.element = ""
        self.current = ""
        self.conditions: list[str] = []

    def add(self, step: Step, writer: Lines) -> None:
        """Add a change or a filter; where it would repeat a long expression, the run so far becomes the source."""
        operation = step.operation
        template = writer.code(operation)
        is_filter = operation.form is Form.FILTER
        if self.element and self.current != self.element and (is_filter or template.count("$v") > 1):
            self.source = self.close()
            self.element = ""
        if not self.element:
            self.element = self.current = writer.element(operation.takes)
            self.conditions = []
        filled = fill_code(template, {"v": self.current, **step.in_code()})
        if is_filter:
            self.conditions.append(f"({filled})" if " or " in filled else filled)
        else:
            self.current = filled

    def inside(self) -> str:
        """The comprehension without its brackets."""
        where = f" if {' and '.join(self.conditions)}" if self.conditions else ""
        source = f"({self.source})" if " if " in self.source and not is_atom(self.source) else self.source
        return f"{self.current} for {self.element} in {source}{where}"

    def close(self) -> str:
        """The run as a list, or its source if there is nothing to do."""
        return f"[{self.inside()}]" if self.element else self.source

    def close_into(self, template: str) -> str:
        """The run as the value of a fold: a generator where the fold takes one."""
        takes_generator = template.count("$x") == 1 and "len(" not in template and " for " not in template
        if self.element and takes_generator:
            return self.inside()
        return self.close()
