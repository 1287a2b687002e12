"""Names of functions, arguments and variables: common ones, abbreviations, single letters, and words that do not exist.

A model that has seen a few names only cannot copy others; so most names are drawn from thousands.
"""

import builtins
import keyword
import random
from collections.abc import Callable, Iterable, Sequence

_BY_TYPE = {
    "list[int]": "numbers nums values lst arr xs items data l a ints sequence array",
    "list[float]": "numbers values nums lst arr xs measurements data samples prices",
    "list[str]": "words strings lst texts names items tokens xs arr strs labels lines",
    "Text": "text s string sentence message txt line input_string content phrase",
    "str": "word s text string name token w",
    "int": "n number num x value k a b m limit i",
    "Size": "n k size count length num m",
    "Natural": "n number num x value m limit",
    "float": "x value number threshold y amount",
    "list[list[int]]": "matrix grid rows table m mat lists",
    "dict[str, int]": "counts scores d table prices mapping ages stock dictionary",
}
"""Type of an argument → its usual names."""
_SYNONYMS = {
    "x": "x item value v n num w c element e el elem current",
    "total": "total result s acc res total_sum running",
    "result": "result res out output ans answer found r",
    "count": "count c cnt counter num n",
    "i": "i index idx j pos k",
    "best": "best winner top ans current_best chosen",
    "first": "first left yes head a",
    "second": "second right no rest b",
    "found": "found flag ok is_found result",
    "value": "value v val y key",
    "kept": "kept chosen selected rest filtered matching",
    "values": "values results vals keys mapped",
    "key": "key k value measure m",
    "together": "together both joined merged combined",
    "matches": "matches condition check is_valid keep ok",
}
"""Name of a variable in schemas → what it may be called."""
_SPARE = ("y", "z", "u", "t", "q", "h", *(f"v{number}" for number in range(1, 30)))
"""For a variable whose names are all taken."""
_SYLLABLES_TEXT = (
    "ba be bi bo ca ce co cu da de di do du fa fe fi fo ga ge go gu ha he ho ja jo ka ke ki ko la le li lo lu ma me "
    "mi mo mu na ne ni no nu pa pe pi po qua ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi xa xe "
    "ya yo za ze zo bra cli dro fle gri plu sta tri"
)
_SYLLABLES = _SYLLABLES_TEXT.split()
_ENDINGS = ("", "", "", "n", "r", "s", "l", "t", "x", "m")
TAKEN = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"check", "candidate"}
_AFFIXES = ("my_{}", "old_{}", "new_{}", "{}_list", "{}s", "{}_1", "{}2", "the_{}", "all_{}", "given_{}", "{}_in")
_KINDS = {"usual": 25, "letter": 7, "made up": 30, "noun": 18, "compound": 20}
"""Where names of arguments come from → weight. A token that never stands in a name cannot be copied, so that words
stand in names alone and beside others."""
_NOUNS_TEXT = (
    "amount area array average balance base batch begin bits block board body bound box brackets branch buffer "
    "capacity card cell chain chars choice city code color column command cost counter current cursor cutoff data "
    "date day delimiter delta depth digit distance edge element end energy entry error event factor field file "
    "flag frame grade graph group head height hour image index inputs interval job key label last layer left "
    "length letter level limit line link load mark mask mass matrix mean member memory message mode money month "
    "move node note object offset operand operator order output owner page pair parent part path pattern percent "
    "period person phone piece pivot pixel place player point position power prefix price prime product profit "
    "query queue quota radius rank rate ratio record region result right ring root route rule salary scale score "
    "seat second section segment sensor series shape share shift side signal size slot source span speed stack "
    "stage start state status step stock store stride string substring suffix table tail target task tax team "
    "temp term text threshold ticket tile time title token top total tree triple unit user vector version volume "
    "vote weight width window word year zone"
)
_NOUNS = _NOUNS_TEXT.split()


def made_up(rng: random.Random) -> str:
    """A word of one to three syllables, or an abbreviation of one: of some hundred thousand names."""
    word = "".join(rng.choice(_SYLLABLES) for _ in range(rng.choice((1, 2, 2, 2, 3)))) + rng.choice(_ENDINGS)
    if rng.random() < 0.25:
        return "".join(letter for letter in word if letter not in "aeiou")[:4] or word
    return word


def _draw_name(usual: Sequence[str], rng: random.Random) -> str:
    match rng.choices([*_KINDS], [*_KINDS.values()])[0]:
        case "usual":
            return rng.choice(usual)
        case "letter":
            return rng.choice("abcdefghkmnpqrstuvwxyz")
        case "made up":
            return made_up(rng)
        case "noun":
            return rng.choice(_NOUNS)
    part = rng.choice((rng.choice(usual), rng.choice(_NOUNS), made_up(rng)))
    return rng.choice(
        (rng.choice(_AFFIXES).format(part), f"{part}_{rng.choice(_NOUNS)}", f"{rng.choice(_NOUNS)}_{part}")
    )


def name_arguments(types: Iterable[str], is_allowed: Callable[[str], bool], rng: random.Random) -> list[str]:
    """Different names for arguments of these types, none of them a keyword or built-in function, all allowed."""
    used: set[str] = set()
    names: list[str] = []
    for one in types:
        pool = _BY_TYPE.get(one, "value data items arg").split()
        while True:
            name = _draw_name(pool, rng)
            if name not in TAKEN and name not in used and is_allowed(name):
                break
        used.add(name)
        names.append(name)
    return names


def rename_locals(names: Iterable[str], taken: Iterable[str], rng: random.Random) -> dict[str, str]:
    """Another name for each variable of a body: a synonym, at times its own."""
    used = set(taken)
    renamed: dict[str, str] = {}
    for name in names:
        pool = [one for one in _SYNONYMS.get(name, name).split() if one not in used and one not in TAKEN]
        choice = rng.choice(pool) if pool and rng.random() < 0.8 else name
        choice = next(one for one in (choice, *_SPARE) if one not in used)
        used.add(choice)
        renamed[name] = choice
    return renamed
