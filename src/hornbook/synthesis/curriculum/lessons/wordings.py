"""How the explaining styles speak to each audience: leads to a trace, a wrong attempt, a comparison, a question."""

from hornbook.synthesis.curriculum.task import Shape

TRACE_LEADS: dict[str, tuple[str, ...]] = {
    "a child": (
        "Let us slow the computer down and look at every round. We ask it to tell us what it remembers:",
        "We cannot look into the computer, but we can let it talk after every round:",
    ),
    "an adult who begins": (
        "To see what a loop does, print its variables at the end of each turn:",
        "A `print` inside the loop shows how the result comes about, turn by turn:",
    ),
    "a student of mathematics": (
        "The loop defines a sequence of states. Printing the state after each step makes it visible:",
        "Trace the loop by hand first, then compare with the states that this version prints:",
    ),
    "a working programmer": (
        "A `print` at the end of the loop body is the quickest debugger:",
        "Before reaching for a debugger, print the loop's variables once per turn:",
    ),
}

TRACE_ENDS: dict[str, tuple[str, ...]] = {
    "a child": ("Each line is one round. Put your finger on each and say what changed.",),
    "an adult who begins": (
        "Each line shows one turn; compare it with the line above to see what changed.",
        "Read the lines from top to bottom: every turn starts where the one before ended.",
    ),
    "a student of mathematics": (
        "What stays true from line to line is the loop's invariant.",
        "An induction over these lines proves that the last one is right.",
    ),
    "a working programmer": (
        "Once the lines look right, delete the `print` again.",
        "If a line surprises you, the mistake is in that turn or before it.",
    ),
}

WRONG_LEADS: dict[str, tuple[str, ...]] = {
    "a child": (
        "Here is a try that looks right and is wrong. Can you find the mistake?",
        "Somebody wrote this and wondered about the answer:",
    ),
    "an adult who begins": (
        "This is how many people write it at first:",
        "The following looks reasonable and does not work:",
    ),
    "a student of mathematics": (
        "Consider the following attempt and test it on an example:",
        "A counterexample shows that this attempt is wrong:",
    ),
    "a working programmer": (
        "This passes a quick glance in review and is wrong:",
        "A typical bug, which runs without any error message:",
    ),
}

RIGHT_LEADS: tuple[str, ...] = ("This is right:", "Corrected:", "So one writes instead:", "The right way:")

COMPARED: dict[tuple[str, str], tuple[str, ...]] = {
    ("a child", "loop"): ("The loop is longer, but you can follow every step with your finger.",),
    ("a child", "comprehension"): ("The short line says everything at once, like a sentence.",),
    ("a child", "function"): ("The ready-made function is the shortest: somebody else has done the work.",),
    ("an adult who begins", "loop"): (
        "Take the loop while you are still unsure: a `print` can be put inside it.",
        "The loop shows each step and is easy to extend when the task grows.",
    ),
    ("an adult who begins", "comprehension"): (
        "Take the comprehension once the task fits into one sentence.",
        "The comprehension is shorter and leaves no half-built list behind.",
    ),
    ("an adult who begins", "function"): ("Where Python has a ready-made function, it is the safest choice.",),
    ("a student of mathematics", "loop"): ("The loop makes the intermediate states explicit, which helps in a proof.",),
    ("a student of mathematics", "comprehension"): ("The comprehension states what is wanted, close to set notation.",),
    ("a student of mathematics", "function"): ("The function names the operation, so that its laws can be used.",),
    ("a working programmer", "loop"): (
        "Prefer the loop when there are side effects, several exits, or a need for break points.",
        "The loop is easier to step through and to change later.",
    ),
    ("a working programmer", "comprehension"): (
        "Prefer the comprehension for a plain change or filter; stop when it needs a second line.",
        "The comprehension is the idiom that reviewers expect.",
    ),
    ("a working programmer", "function"): ("Prefer the built-in: it is tested, documented and runs in C.",),
}
"""When to use which: by audience and by what a piece of code mainly is."""

PULL_LEADS: dict[str, tuple[str, ...]] = {
    "a child": ("Press the button three times and see what comes out:",),
    "an adult who begins": ("Ask for the values one by one with `next`:", "`next` asks for one value and no more:"),
    "a student of mathematics": ("`next` gives the members of the sequence in their order:",),
    "a working programmer": ("Drive the generator by hand with `next` to see where it stops:",),
}

CALL_LEADS: dict[str, tuple[str, ...]] = {
    "a child": ("Press the button a few times and look at the thing each time:",),
    "an adult who begins": ("Call the method several times and look at the object each time:",),
    "a student of mathematics": ("Each call leads from one state to the next:",),
    "a working programmer": ("A sequence of calls shows how the state develops:",),
}

STEP_LEADS: dict[str, tuple[str, ...]] = {
    "a child": (
        "One thing after the other, as with socks and shoes.",
        "Two small steps make a big one.",
    ),
    "an adult who begins": (
        "Large tasks are done in small steps, each with a name of its own.",
        "A result can be the start of the next step.",
    ),
    "a student of mathematics": (
        "The composition of two functions applies the second to what the first has made.",
        "First one map, then the other; their order matters.",
    ),
    "a working programmer": (
        "Name what each step has made, and the code explains itself.",
        "A pipeline of small steps is easier to test than one long expression.",
    ),
}

STEP_ENDS: tuple[str, ...] = (
    "The order counts: the second step never sees the original value.",
    "Printing after each step shows where a mistake comes in.",
    "With good names for the values between, no comment is needed.",
)

QUESTIONS: dict[str, tuple[str, ...]] = {
    "a child": ("Now you. What does the computer say here? Think first, then look below.",),
    "an adult who begins": (
        "Check yourself: what do these lines print? Decide before you read on.",
        "To sum up, one question: what is the output of the following?",
    ),
    "a student of mathematics": (
        "Exercise: determine the output by hand.",
        "As a check of the definition, evaluate the following:",
    ),
    "a working programmer": (
        "Quick check: what does this print?",
        "Before running it, predict the output:",
    ),
}

SHAPE_OPENINGS: dict[tuple[str, Shape], tuple[str, ...]] = {
    ("a child", Shape.GENERATOR): (
        "A generator is like a sweet machine: each time you ask, one comes out.",
        "Some functions do not give everything at once; they give one thing, wait, and give the next.",
    ),
    ("an adult who begins", Shape.GENERATOR): (
        "`return` ends a function, `yield` only pauses it.",
        "A function that contains `yield` makes a generator, which produces values on demand.",
    ),
    ("a student of mathematics", Shape.GENERATOR): (
        "A generator describes a sequence by how its next member is found; the sequence may be infinite.",
        "Where a list must be finite, a generator can stand for an infinite sequence.",
    ),
    ("a working programmer", Shape.GENERATOR): (
        "Generators keep memory flat: only one value exists at a time.",
        "A generator separates how values are made from how many are used.",
    ),
    ("a child", Shape.GUARDED): (
        "A good machine says no when you feed it rubbish.",
        "Sometimes the right answer is: this I cannot do!",
    ),
    ("an adult who begins", Shape.GUARDED): (
        "A function should check what it is given before it starts to work.",
        "An exception stops a program at the place where something is wrong.",
    ),
    ("a student of mathematics", Shape.GUARDED): (
        "A function has a domain; outside it the program should refuse rather than guess.",
        "A precondition that is tested cannot be violated silently.",
    ),
    ("a working programmer", Shape.GUARDED): (
        "Fail early: an error at the door is cheaper than a wrong number in a report.",
        "Validate at the boundary, then trust the value inside.",
    ),
    ("a child", Shape.METHOD): (
        "A class is a plan for things that remember something.",
        "An object is like a toy with buttons: its methods are the buttons.",
    ),
    ("an adult who begins", Shape.METHOD): (
        "A class keeps data and the functions that work on it together.",
        "`self` is the object on which a method was called; its attributes outlive the call.",
    ),
    ("a student of mathematics", Shape.METHOD): (
        "An object is a state together with the operations that are allowed on it.",
        "A method is a function from the old state and its arguments to a new state and an answer.",
    ),
    ("a working programmer", Shape.METHOD): (
        "Small classes with one responsibility are easy to test: make one, call a method, look at the state.",
        "Keep the state in one attribute and change it only through methods.",
    ),
}
