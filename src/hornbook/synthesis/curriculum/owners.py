"""The small classes whose methods are written: what each holds, under which name, and how it is described."""

from dataclasses import dataclass

from hornbook.synthesis.curriculum.kinds import Kind


@dataclass(frozen=True)
class Owner:
    """A class that holds one value."""

    name: str
    kind: Kind
    attribute: str
    docstring: str

    @property
    def held(self) -> str:
        """The value as the class's own methods write it."""
        return f"self.{self.attribute}"

    @property
    def variable(self) -> str:
        """A name for an object of the class."""
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in self.name).lstrip("_")

    @property
    def copied(self) -> str:
        """The argument of `__init__`, copied where it could be changed from outside."""
        copy = {Kind.NUMBERS: "list", Kind.WORDS: "list", Kind.COUNTS: "dict"}.get(self.kind)
        return f"{copy}({self.attribute})" if copy else self.attribute


OWNERS = (
    Owner("Account", Kind.NUMBER, "balance", "A bank account with a balance."),
    Owner("Counter", Kind.NUMBER, "count", "A counter that remembers how far it has come."),
    Owner("Tank", Kind.NUMBER, "level", "A water tank with a level in litres."),
    Owner("Player", Kind.NUMBER, "score", "A player of a game with a score."),
    Owner("Lift", Kind.NUMBER, "floor", "A lift that stands at a floor."),
    Owner("Stack", Kind.NUMBERS, "items", "A stack of integers; the last item is its top."),
    Owner("Queue", Kind.NUMBERS, "waiting", "A queue of numbered tickets; the first one is served next."),
    Owner("History", Kind.NUMBERS, "values", "A history of measured values, the oldest first."),
    Owner("ScoreBoard", Kind.NUMBERS, "scores", "A board on which scores are written down."),
    Owner("Sensor", Kind.NUMBERS, "readings", "A sensor that keeps its readings."),
    Owner("Playlist", Kind.WORDS, "songs", "A playlist with the titles of songs."),
    Owner("GuestList", Kind.WORDS, "guests", "A list of the guests of a party."),
    Owner("Notebook", Kind.WORDS, "notes", "A notebook with one note on each line."),
    Owner("TaskList", Kind.WORDS, "tasks", "A list of tasks that are still to do."),
    Owner("Inventory", Kind.COUNTS, "stock", "An inventory: how many pieces there are of each thing."),
    Owner("Ballot", Kind.COUNTS, "votes", "A ballot: how many votes each name has."),
    Owner("PriceList", Kind.COUNTS, "prices", "A price list: what each thing costs."),
    Owner("Label", Kind.TEXT, "text", "A label with a text on it."),
    Owner("Banner", Kind.TEXT, "message", "A banner that shows a message."),
    Owner("Draft", Kind.TEXT, "content", "The draft of a letter."),
)
"""All classes, in a fixed order; at least three for each kind of value."""


def owners_of(kind: Kind) -> tuple[Owner, ...]:
    """The classes that hold a value of the kind."""
    return tuple(owner for owner in OWNERS if owner.kind is kind)
