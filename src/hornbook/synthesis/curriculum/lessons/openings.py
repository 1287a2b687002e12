"""How a lesson opens for each audience and each kind of value, and how it explains the shape of the code."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Form

AUDIENCES = ("a child", "an adult who begins", "a student of mathematics", "a working programmer")

OPENINGS: dict[tuple[str, Kind], tuple[str, ...]] = {
    ("a child", Kind.NUMBER): (
        "Computers are very good with whole numbers, and you can give a number a name.",
        "A variable is a name tag that you stick on a number.",
    ),
    ("a child", Kind.TEXT): (
        "A string is a row of characters, like beads on a thread.",
        "Words in Python live between quotation marks; we call them strings.",
    ),
    ("a child", Kind.NUMBERS): (
        "A list is like a row of boxes with one number in each.",
        "Think of a list as a train: every wagon carries a number.",
    ),
    ("a child", Kind.WORDS): (
        "A list can hold words, like a shopping list.",
        "You can keep many words together in one list, between square brackets.",
    ),
    ("a child", Kind.COUNTS): (
        "A dictionary is like a coat rack: every hook has a name, and something hangs on it.",
        "A dictionary remembers a number for each name, like a table of scores.",
    ),
    ("a child", Kind.GRID): (
        "A board game has rows of fields, and so does a list of lists.",
        "Put several lists inside one list, and you have rows, as on squared paper.",
    ),
    ("a child", Kind.SET): (
        "A set is like a bag of marbles in which no two look alike.",
        "A set is a club: you are a member or you are not, and nobody is a member twice.",
    ),
    ("a child", Kind.PAIR): (
        "Two numbers that belong together can be tied up as a pair, like a pair of socks.",
        "A pair is a box with exactly two places, a first and a second.",
    ),
    ("a child", Kind.PAIRS): (
        "A treasure map lists places, and each place is a pair of numbers.",
        "A list can hold pairs, like a line of children who walk two by two.",
    ),
    ("a child", Kind.NESTED): (
        "A box may hold numbers and smaller boxes, and those may hold boxes again.",
        "Lists can hide inside lists, like dolls inside dolls.",
    ),
    ("an adult who begins", Kind.NUMBER): (
        "Whole numbers are called integers, and Python computes with them as a pocket calculator does.",
        "Most programs compute with integers at some point, so their operations are worth learning well.",
    ),
    ("an adult who begins", Kind.TEXT): (
        "A string is a piece of text between quotation marks; Python numbers its characters from 0.",
        "Text in a program is called a string. A string is never changed: each operation makes a new one.",
    ),
    ("an adult who begins", Kind.NUMBERS): (
        "A list holds several values under one name, in a fixed order.",
        "When you have many numbers, put them in a list: one name for all of them, written in square brackets.",
    ),
    ("an adult who begins", Kind.WORDS): (
        "A list may hold strings as well as numbers, for example the names of guests.",
        "Lists of strings turn up wherever a program reads names or words.",
    ),
    ("an adult who begins", Kind.COUNTS): (
        "A dictionary stores a value under a key, as a telephone book stores a number under a name.",
        "When each value belongs to a name, a dictionary fits better than a list.",
    ),
    ("an adult who begins", Kind.GRID): (
        "A table can be written as a list of rows, where each row is a list itself.",
        "Lists may contain lists; that is how Python programs hold tables and boards.",
    ),
    ("an adult who begins", Kind.SET): (
        "A set holds each value at most once and answers quickly whether a value is in it.",
        "Where only membership counts, and not order, a set fits better than a list.",
    ),
    ("an adult who begins", Kind.PAIR): (
        "A tuple holds a fixed number of values, written in round brackets; a tuple of two is called a pair.",
        "When two values always go together, a tuple keeps them under one name.",
    ),
    ("an adult who begins", Kind.PAIRS): (
        "A list of tuples is a small table with two columns.",
        "Points on a map, steps, scores: many things come as a list of pairs.",
    ),
    ("an adult who begins", Kind.NESTED): (
        "A list may contain further lists, and those again; nothing limits the depth.",
        "Some data is nested: folders in folders, lists in lists.",
    ),
    ("a student of mathematics", Kind.NUMBER): (
        "Python's integers are exact and as large as memory allows.",
        "For integers, `//` is division rounded towards minus infinity and `%` is the remainder that goes with it.",
    ),
    ("a student of mathematics", Kind.TEXT): (
        "A string is a finite sequence over the alphabet of characters, indexed from 0.",
        "Concatenation makes strings a monoid with the empty string as its neutral element.",
    ),
    ("a student of mathematics", Kind.NUMBERS): (
        "A list of integers is a finite sequence; its members are indexed from 0.",
        "Unlike a set, a list has an order and may hold the same number more than once.",
    ),
    ("a student of mathematics", Kind.WORDS): (
        "Strings are ordered lexicographically by character codes, so a list of strings can be sorted.",
        "A list of words is a finite sequence of strings, in which repetitions count.",
    ),
    ("a student of mathematics", Kind.COUNTS): (
        "A dictionary is a finite function from keys to values.",
        "A dictionary is a mapping with a finite domain: its keys.",
    ),
    ("a student of mathematics", Kind.GRID): (
        "A matrix can be represented as a list of its rows.",
        "With `a` as a list of rows, `a[i][j]` is the entry in row `i` and column `j`, both counted from 0.",
    ),
    ("a student of mathematics", Kind.SET): (
        "Python's sets are finite sets: they have no order, and a member occurs once.",
        "The operators `|`, `&` and `-` are union, intersection and difference of sets.",
    ),
    ("a student of mathematics", Kind.PAIR): (
        "A tuple of two integers is an ordered pair: (1, 2) and (2, 1) differ.",
        "An ordered pair is an element of a Cartesian product, here of the integers with themselves.",
    ),
    ("a student of mathematics", Kind.PAIRS): (
        "A list of ordered pairs can be read as a finite relation between integers.",
        "A sequence of pairs is a sequence of points in the plane with integer coordinates.",
    ),
    ("a student of mathematics", Kind.NESTED): (
        "A nested list is a finite tree whose leaves are numbers.",
        "Nested lists are defined recursively: a member is a number or again a nested list.",
    ),
    ("a working programmer", Kind.NUMBER): (
        "Integer arithmetic in Python never overflows, and `//` rounds towards minus infinity.",
        "Small arithmetic steps are easier to test when each has a name.",
    ),
    ("a working programmer", Kind.TEXT): (
        "Strings are immutable, so every method returns a new one.",
        "Most string work is a method call, a slice, or a `join` over a generator.",
    ),
    ("a working programmer", Kind.NUMBERS): (
        "The code below builds a new list and leaves its argument as it was.",
        "Transformations of lists are best written without side effects: one list in, one value out.",
    ),
    ("a working programmer", Kind.WORDS): (
        "Lists of strings come from files, forms and command lines, and rarely in the shape one needs.",
        "A list of strings has the same methods as any list; the members have those of strings.",
    ),
    ("a working programmer", Kind.COUNTS): (
        "Dictionaries keep the order in which keys were inserted, and look-up takes constant time.",
        "Iterating over a dictionary yields its keys; `items()` yields keys and values together.",
    ),
    ("a working programmer", Kind.GRID): (
        "A list of rows is the plainest representation of a table; rows need not be equally long.",
        "Mind that rows are shared objects: copying the outer list does not copy them.",
    ),
    ("a working programmer", Kind.SET): (
        "Membership in a set takes constant time on average; in a list it takes a walk through all of it.",
        "Sets make questions about membership short, and their operators read like the specification.",
    ),
    ("a working programmer", Kind.PAIR): (
        "Tuples cannot be changed, so they may serve as keys of a dictionary or members of a set.",
        "Unpacking, as in `first, second = pair`, is clearer than indices.",
    ),
    ("a working programmer", Kind.PAIRS): (
        "Rows of two columns come from files and queries as lists of tuples; unpack them in the loop.",
        "Sorting tuples compares the first parts, then the second; a `key` function changes that.",
    ),
    ("a working programmer", Kind.NESTED): (
        "Data of unknown depth calls for recursion or for an explicit stack.",
        "Nested data from JSON has no fixed depth, so a fixed number of loops will not do.",
    ),
}

SHAPES: dict[tuple[str, Form], tuple[str, ...]] = {
    ("a child", Form.MAP): (
        "Python takes the members one after the other, changes each, and puts it into a new list.",
        "Every member gets its turn, and the new ones line up in the same order.",
    ),
    ("a child", Form.FILTER): (
        "Python asks the same question of every member, and only those that answer yes may stay.",
        "Think of a sieve: some members fall through, the others stay.",
    ),
    ("a child", Form.FOLD): (
        "Python walks along the list and remembers one thing on the way.",
        "At the end of the walk only one value is left.",
    ),
    ("an adult who begins", Form.MAP): (
        "The part in front of `for` says what becomes of each member; the list keeps its length.",
        "A comprehension reads almost like the sentence that describes it.",
    ),
    ("an adult who begins", Form.FILTER): (
        "The condition is tested for each member; the members for which it is true are collected, in their old order.",
        "What is left out is not deleted from the original list: a new list is made.",
    ),
    ("an adult who begins", Form.FOLD): (
        "One variable holds the result so far and is brought up to date for each member.",
        "The built-in function does what a loop with one variable would do.",
    ),
    ("a student of mathematics", Form.MAP): (
        "This applies one function to every member: the image of the sequence, order kept.",
        "Compare the notation `{ f(x) : x in A }`; here the result is a sequence.",
    ),
    ("a student of mathematics", Form.FILTER): (
        "This is the subsequence of the members that satisfy a predicate.",
        "Compare the notation `{ x in A : P(x) }`; order and repetitions are kept.",
    ),
    ("a student of mathematics", Form.FOLD): (
        "This is a fold: start with a value and combine it with one member after the other.",
        "The value for the empty list is the start value of the fold, so it should be chosen with care.",
    ),
    ("a working programmer", Form.MAP): (
        "A comprehension says the same as `map` and needs no `lambda`.",
        "One pass, one new list; for very long input a generator would save the memory.",
    ),
    ("a working programmer", Form.FILTER): (
        "A comprehension with `if` is the usual way; `filter` returns an iterator that is consumed once.",
        "Never remove members from a list while a loop runs over it: build a new one.",
    ),
    ("a working programmer", Form.FOLD): (
        "Prefer the built-in to a loop of one's own: it is shorter and runs in C.",
        "One pass and constant memory are enough.",
    ),
}
