"""Simulations and state machines: something happens step by step."""

from hornbook.synthesis.curriculum.holes import Char, Choice, Map, Measure, Predicate, T, Text


def robot(text: Text, p: Predicate[Char], low: Choice = (0, -1, -2, -3)) -> tuple[int, int]:
    """Move a robot along a line, starting at 0. Each character of {text} that {p} moves it up by 1, every other one
        down by 1 unless it is at {low}. Return its last and its highest position as a tuple.
    Start a counter at 0. For each character of {text}, add 1 if it {p}; otherwise subtract 1, but never go below {low}.
        Return the final and the largest value, the start included.
    names: robot move_robot walk_on_line final_and_highest
    """
    position = highest = 0
    for x in text:
        if p(x):
            position += 1
            highest = max(highest, position)
        elif position > low:
            position -= 1
    return position, highest


def stack_machine(xs: list[int], p: Predicate[int], limit: Choice = (2, 3, 4)) -> list[int]:
    """Process {xs} with a stack. A {x} that {p} replaces the upper two numbers by their sum, if there are two. In all
        other cases push the {x}, unless {limit} numbers lie there. Return the stack, bottom first.
    Build a list from {xs}. If it has two numbers or more and the next {x} {p}, replace its last two by their sum.
        Otherwise append the {x}, but only while the list is shorter than {limit}. Return the list.
    names: stack_machine add_at_{p} run_stack process_stack
    """
    stack: list[int] = []
    for x in xs:
        if p(x) and len(stack) > 1:
            stack.append(stack.pop() + stack.pop())
        elif len(stack) < limit:
            stack.append(x)
    return stack


def finishing_order(xs: list[T], f: Measure[T], k: Choice = (2, 3, 4, 5)) -> list[int]:
    """Queue a job for each {x} of {xs} that takes {f:the {x}} in minutes. The front job gets {k} minutes. If it needs
        more, it goes to the back with the rest, otherwise it leaves. Return the indices of the jobs as they leave.
    Simulate round robin over tasks, one per {x} in {xs}, of the size {f:the {x}}. A size of at most {k} is finished, a
        larger one is queued at the end with {k} less. Return the indices in the order of finishing.
    names: finishing_order round_robin order_of_jobs
    """
    queue = [(i, f(x)) for i, x in enumerate(xs)]
    done = []
    while queue:
        i, left = queue.pop(0)
        if left > k:
            queue.append((i, left - k))
        else:
            done.append(i)
    return done


def _next_light(light: str) -> str:
    """The light that follows in the cycle of a traffic light."""
    if light == "red":
        return "green"
    if light == "green":
        return "yellow"
    return "red"


def traffic_light(xs: list[T], p: Predicate[T], start: Choice = ("red", "green", "yellow")) -> str:
    """Start with a traffic light that shows {start}. Each {x} in {xs} that {p} switches it: red to green, green to
        yellow, yellow to red. Return what it shows at the end.
    Begin in the state {start}. For every {p:one} in {xs} go from 'red' to 'green', to 'yellow' and back to 'red'.
        Return the last state.
    names: traffic_light final_light switch_lights light_after
    """
    light: str = start
    for x in xs:
        if p(x):
            light = _next_light(light)
    return light


def type_text(text: Text, p: Predicate[Char], f: Map[Char, str]) -> str:
    """Type {text}, character by character. A character that {p} deletes the last piece that was typed, if there is any,
        and is not typed itself. For any other character type {f:it}. Return what stands there at the end.
    Build a string from {text}. A character that {p} removes the piece added last, if there is one. For any other
        character append {f:it}.
    names: type_text type_with_{p} erase_at_{p} keyboard
    """
    typed: list[str] = []
    for x in text:
        if not p(x):
            typed.append(f(x))
        elif typed:
            typed.pop()
    return "".join(typed)


class _Till:
    """Holds money, never less than nothing."""

    def __init__(self, money: int) -> None:
        self.money = money

    def book(self, amount: int) -> None:
        if self.money + amount < 0:
            raise ValueError("not enough money in the till")
        self.money += amount


def book_all(xs: list[int], p: Predicate[int], f: Measure[int], start: Choice = (0, 10, 50)) -> tuple[int, int]:
    """Begin with a `_Till` that holds {start}. For each {x} in {xs} that {p}, book {f:it}; for any other, book the {x}
        with its sign changed. Return as a tuple the money at the end and how many bookings raised a ValueError.
    Change a balance of {start} step by step: each {x} of {xs} that {p} adds {f:it}, any other is subtracted. A step
        that would make it negative is refused. Return the final balance and the number of refused steps.
    names: book_all run_till final_money_and_refused
    """
    till = _Till(start)
    refused = 0
    for x in xs:
        try:
            till.book(f(x) if p(x) else -x)
        except ValueError:
            refused += 1
    return till.money, refused
