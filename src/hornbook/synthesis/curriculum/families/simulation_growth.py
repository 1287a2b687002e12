"""Processes that a number, a dictionary or a board starts: growth, machines, circles of people, living cells."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, other, whole

N, NS, T, W, C, G = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.COUNTS, Kind.GRID
SIMULATION = Family.SIMULATION


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_growth(), *_machines(), *_boards())


def _growth() -> tuple[Operation, ...]:
    return (
        whole(
            "population_after",
            SIMULATION,
            N,
            N,
            block=(
                "$out = $k\nfor _ in range($x):\n    $out += $out // 2",
                "$out = $k\nyear = 0\nwhile year < $x:\n    $out = $out + $out // 2\n    year += 1",
                "def after(years):\n    if years <= 0:\n        return $k\n    before = after(years - 1)\n"
                "    return before + before // 2\n\n$out = after($x)",
            ),
            noun="the number of fish in a pond after $x years|the number of fish in a pond after that many years",
            act="count the fish in a pond after $x years|count the fish in a pond after that many years",
            frag=("population", "fish_after"),
            result="fish",
            params=(count("k", 2, 4, 6, 10, argument="start stocked"),),
            needs="nonneg small",
            adds="nonneg positive",
            group="growth",
            note="There are $k at first; in each year half their number, rounded down, is added.",
        ),
        whole(
            "savings_after",
            SIMULATION,
            N,
            N,
            block=(
                "$out = 0\nfor _ in range($x):\n    $out += $k\n    $out += $out // 10",
                "$out = 0\nyears = $x\nwhile years > 0:\n    $out = ($out + $k) + ($out + $k) // 10\n    years -= 1",
            ),
            noun="the savings after $x years|the savings after that many years",
            act="work out the savings after $x years|work out the savings after that many years",
            frag=("savings", "saved_after"),
            result="saved",
            params=(count("k", 10, 20, 50, 100, argument="amount deposit"),),
            needs="nonneg small",
            adds="nonneg",
            group="growth",
            note="Each year $k is paid in, and then a tenth of what is there, rounded down, is added.",
        ),
        whole(
            "bounce_heights",
            SIMULATION,
            N,
            NS,
            block=(
                "$out = []\nheight = $x * $k // 10\nwhile height > 0:\n    $out.append(height)\n"
                "    height = height * $k // 10",
                "$out = []\nheight = $x\nwhile height * $k // 10 > 0:\n    height = height * $k // 10\n"
                "    $out.append(height)",
            ),
            noun="the heights that a ball reaches after being dropped from a height of $x"
            "|the heights that a ball reaches after being dropped from that height",
            act="list the heights that a ball reaches after being dropped from a height of $x"
            "|list the heights that a ball reaches after being dropped from that height",
            frag=("bounce_heights", "bounces"),
            result="heights",
            params=(count("k", 4, 5, 6, 7),),
            needs="nonneg",
            adds="nonneg positive distinct",
            note="Each bounce reaches $k tenths of the height before, rounded down; a height of 0 is not listed.",
        ),
        whole(
            "traffic_light",
            SIMULATION,
            N,
            T,
            code=('("red", "green", "yellow")[$x % 3]',),
            block=(
                'following = {"red": "green", "green": "yellow", "yellow": "red"}\n$out = "red"\n'
                "for _ in range($x):\n    $out = following[$out]",
                'rest = $x % 3\nif rest == 0:\n    $out = "red"\nelif rest == 1:\n    $out = "green"\n'
                'else:\n    $out = "yellow"',
            ),
            noun="the colour of a traffic light after $x changes|the colour of a traffic light after that many changes",
            act="take the colour of a traffic light after $x changes"
            "|take the colour of a traffic light after that many changes",
            frag=("traffic_light", "light_after"),
            result="light",
            needs="nonneg",
            adds="lower spaceless nonempty letters",
            note="It is red at first; green follows red, yellow follows green, and red follows yellow.",
            last=True,
        ),
    )


def _machines() -> tuple[Operation, ...]:
    return (
        whole(
            "coins_for_change",
            SIMULATION,
            N,
            NS,
            block=(
                "$out = []\nrest = $x\nfor coin in (20, 10, 5, 2, 1):\n    while rest >= coin:\n"
                "        $out.append(coin)\n        rest -= coin",
                "$out = []\nrest = $x\nfor coin in (20, 10, 5, 2, 1):\n    $out += [coin] * (rest // coin)\n"
                "    rest %= coin",
            ),
            noun="the coins that a machine gives for the change $x, largest first"
            "|the coins that a machine gives for that change, largest first",
            act="list the coins that a machine gives for the change $x, largest first"
            "|list the coins that a machine gives for that change, largest first",
            frag=("coins", "change", "coins_for_change"),
            result="coins",
            needs="nonneg",
            adds="nonneg positive",
            note="There are coins of 20, 10, 5, 2 and 1, and the largest that fits is always given.",
        ),
        whole(
            "last_in_circle",
            SIMULATION,
            N,
            N,
            block=(
                "people = list(range(1, $x + 1))\ni = 0\nwhile len(people) > 1:\n    i = (i + $k - 1) % len(people)\n"
                "    people.pop(i)\n$out = people[0]",
                "$out = 0\nfor size in range(2, $x + 1):\n    $out = ($out + $k) % size\n$out += 1",
                "people = list(range(1, $x + 1))\nwhile len(people) > 1:\n    for _ in range($k - 1):\n"
                "        people.append(people.pop(0))\n    people.pop(0)\n$out = people[0]",
            ),
            noun="the number of the last person left in a circle of $x people"
            "|the number of the last person left in a circle of that many people",
            act="find the number of the last person left in a circle of $x people"
            "|find the number of the last person left in a circle of that many people",
            frag=("last_in_circle", "josephus", "survivor"),
            result="last_one",
            params=(count("k", 2, 3, 4, 5, argument="step jump"),),
            needs="positive",
            adds="nonneg positive",
            note="They are numbered from 1; counting starts there, and every person counted as number $k leaves.",
            difficulty=4,
        ),
        whole(
            "lamps_on",
            SIMULATION,
            N,
            NS,
            block=(
                "lamps = [False] * ($x + 1)\nfor step in range(1, $x + 1):\n    for i in range(step, $x + 1, step):\n"
                "        lamps[i] = not lamps[i]\n$out = [i for i in range(1, $x + 1) if lamps[i]]",
                "$out = []\nfor lamp in range(1, $x + 1):\n    is_on = False\n    for step in range(1, lamp + 1):\n"
                "        if lamp % step == 0:\n            is_on = not is_on\n    if is_on:\n"
                "        $out.append(lamp)",
            ),
            noun="the numbers of the lamps that are on after $x rounds in a row of $x lamps"
            "|the numbers of the lamps that are on after that many rounds in a row of as many lamps",
            act="list the numbers of the lamps that are on after $x rounds in a row of $x lamps"
            "|list the numbers of the lamps that are on after that many rounds in a row of as many lamps",
            frag=("lamps_on", "lit_lamps"),
            result="lit",
            needs="positive",
            adds="nonneg positive sorted distinct",
            note="Lamps are numbered from 1 and off at first; round r switches every lamp whose number r divides.",
            difficulty=4,
        ),
        whole(
            "stock_after_orders",
            SIMULATION,
            C,
            C,
            block=(
                "$out = dict($x)\nfor item in $k:\n    if $out.get(item, 0) > 0:\n        $out[item] -= 1",
                "$out = {key: max(0, value - $k.count(key)) for key, value in $x.items()}",
            ),
            noun="the stock $x after serving the orders in $k",
            act="serve the orders in $k from the stock $x",
            frag=("stock_after", "after_orders", "served"),
            result="remaining",
            params=(other("k", W, "orders wishes"),),
            needs="nonneg",
            adds="nonneg",
            keeps="lower",
            note="Each order takes one piece of that name; an order for what is not there is passed over.",
            group="orders",
            difficulty=3,
        ),
        whole(
            "unserved_orders",
            SIMULATION,
            C,
            W,
            block=(
                "left = dict($x)\n$out = []\nfor item in $k:\n    if left.get(item, 0) > 0:\n"
                "        left[item] -= 1\n    else:\n        $out.append(item)",
                "$out = []\nfor i, item in enumerate($k):\n    if $k[:i].count(item) >= $x.get(item, 0):\n"
                "        $out.append(item)",
            ),
            noun="the orders in $k that cannot be served from the stock $x",
            act="list the orders in $k that cannot be served from the stock $x",
            frag=("unserved", "missed_orders"),
            result="unserved",
            params=(other("k", W, "orders wishes"),),
            needs="nonneg",
            note="Each order takes one piece of that name, as long as there are any.",
            group="orders",
            difficulty=3,
        ),
    )


def _boards() -> tuple[Operation, ...]:
    return (
        whole(
            "life_step",
            SIMULATION,
            G,
            G,
            block=(
                "def living(i, j):\n    block = [row[max(j - 1, 0):j + 2] for row in $x[max(i - 1, 0):i + 2]]\n"
                "    return sum(map(sum, block)) - $x[i][j]\n\n$out = []\nfor i in range(len($x)):\n"
                "    cells = [(living(i, j), $x[i][j]) for j in range(len($x[i]))]\n"
                "    $out.append([int(n == 3 or (n == 2 and cell == 1)) for n, cell in cells])",
                "$out = [[0] * len(line) for line in $x]\nfor i in range(len($x)):\n    for j in range(len($x[i])):\n"
                "        around = 0\n        for a in range(max(0, i - 1), min(len($x), i + 2)):\n"
                "            around += sum($x[a][max(0, j - 1):j + 2])\n        around -= $x[i][j]\n"
                "        if around == 3 or (around == 2 and $x[i][j]):\n            $out[i][j] = 1",
            ),
            noun="the next generation of the cells $x|the next generation of the cells",
            act="take the next generation of the cells $x|take the next generation of the cells",
            frag=("life_step", "next_generation"),
            result="next_board",
            needs="living",
            adds="nonneg rect",
            keeps="living",
            note="A cell lives (1) if three of its up to eight neighbours live, or if it lives now and two do.",
            difficulty=4,
        ),
        whole(
            "fallen_grains",
            SIMULATION,
            G,
            G,
            block=(
                "columns = [sorted(column) for column in zip(*$x)]\n$out = [list(line) for line in zip(*columns)]",
                "heights = [sum(column) for column in zip(*$x)]\nsize = len($x)\n"
                "$out = [[int(size - i <= height) for height in heights] for i in range(size)]",
                "$out = [list(line) for line in $x]\nfor _ in $x:\n    for i in range(len($out) - 1):\n"
                "        for j in range(len($out[i])):\n            if $out[i][j] == 1 and $out[i + 1][j] == 0:\n"
                "                $out[i][j], $out[i + 1][j] = 0, 1",
            ),
            noun="the board $x after all grains have fallen down|the board after all grains have fallen down",
            act="let all grains on the board $x fall down|let all grains on it fall down",
            frag=("fallen_grains", "after_falling"),
            result="fallen",
            needs="living",
            adds="nonneg rect",
            keeps="living",
            note="A 1 is a grain; it falls to the bottom of its column, or onto the grain below.",
            difficulty=4,
        ),
    )
