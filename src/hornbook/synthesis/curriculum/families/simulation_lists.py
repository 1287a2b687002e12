"""Processes that a list of numbers drives, step by step: accounts, tanks, queues, games, alarms, cells."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, fold, whole

N, NS = Kind.NUMBER, Kind.NUMBERS
SIMULATION = Family.SIMULATION


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_levels(), *_queues(), *_games(), *_series())


def _levels() -> tuple[Operation, ...]:
    return (
        fold(
            "account_balance",
            SIMULATION,
            NS,
            N,
            code=(),
            loop=(
                "$out = $k\n---\nif $out + $v >= 0:\n    $out += $v",
                "$out = $k\n---\nafter = $out + $v\n$out = after if after >= 0 else $out",
            ),
            noun="the balance of an account that starts with $k after booking $x in order",
            act=("book $x in order on an account that starts with $k and take its balance",),
            frag=("account_balance", "balance_after", "booked"),
            result="balance",
            params=(count("k", 0, 5, 10, 20, argument="start opening"),),
            adds="nonneg",
            avoids="nonneg",
            group="account",
            note="A booking that would make the balance negative is refused.",
        ),
        whole(
            "refused_bookings",
            SIMULATION,
            NS,
            N,
            block=(
                "$out = 0\nbalance = $k\nfor item in $x:\n    if balance + item >= 0:\n        balance += item\n"
                "    else:\n        $out += 1",
                "refused = []\nbalance = $k\nfor item in $x:\n    if balance + item < 0:\n"
                "        refused.append(item)\n    else:\n        balance += item\n$out = len(refused)",
            ),
            noun="the number of refusals when booking $x in order on an account that starts with $k",
            act=("count the refusals when booking $x in order on an account that starts with $k",),
            frag=("num_refused", "refused_bookings"),
            result="count",
            params=(count("k", 0, 2, 5, 10, argument="start opening"),),
            adds="nonneg small",
            avoids="nonneg",
            group="account",
            note="A booking that would make the balance negative is refused.",
            difficulty=3,
        ),
        fold(
            "tank_level",
            SIMULATION,
            NS,
            N,
            code=(),
            loop=(
                "$out = 0\n---\n$out = max(0, min($k, $out + $v))",
                "$out = 0\n---\n$out += $v\nif $out > $k:\n    $out = $k\nif $out < 0:\n    $out = 0",
            ),
            noun="the level of an empty tank of capacity $k after adding $x in order",
            act=("add $x in order to an empty tank of capacity $k and take its level",),
            frag=("tank_level", "water_level", "filled"),
            result="level",
            params=(count("k", 5, 8, 10, 15, argument="capacity size"),),
            adds="nonneg",
            group="tank",
            note="What does not fit is lost, and the level never falls below 0.",
        ),
        whole(
            "spilled_water",
            SIMULATION,
            NS,
            N,
            block=(
                "$out = 0\nlevel = 0\nfor item in $x:\n    level += item\n    if level > $k:\n"
                "        $out += level - $k\n        level = $k",
                "$out = 0\nlevel = 0\nfor item in $x:\n    lost = max(0, level + item - $k)\n"
                "    level += item - lost\n    $out += lost",
            ),
            noun="the amount that spills when pouring $x in order into an empty tank of capacity $k",
            act=("pour $x in order into an empty tank of capacity $k and take the amount that spills",),
            frag=("spilled", "overflow", "lost_water"),
            result="spilled",
            params=(count("k", 4, 6, 8, 10, argument="capacity size"),),
            needs="nonneg",
            adds="nonneg",
            group="tank",
        ),
        fold(
            "ring_position",
            SIMULATION,
            NS,
            N,
            code=("sum($x) % $k",),
            loop=(
                "$out = 0\n---\n$out = ($out + $v) % $k",
                "$out = 0\n---\n$out += $v\nwhile $out >= $k:\n    $out -= $k\nwhile $out < 0:\n    $out += $k",
            ),
            noun="the place on a ring of $k fields that is reached from field 0 if $x are the moves"
            "|the place on a ring of $k fields that is reached from field 0 if they are the moves",
            act=("move a token by $x in order around a ring of $k fields, starting at field 0, and take its place",),
            frag=("ring_position", "place_on_ring", "wrapped"),
            result="field",
            params=(count("k", 5, 6, 8, 10, 12, argument="size fields"),),
            adds="nonneg small",
            note="Behind the last field comes field 0 again; negative moves go backwards.",
        ),
    )


def _queues() -> tuple[Operation, ...]:
    return (
        whole(
            "waiting_times",
            SIMULATION,
            NS,
            NS,
            code=("[sum($x[:i]) for i in range(len($x))]",),
            block=(
                "$out = []\nclock = 0\nfor item in $x:\n    $out.append(clock)\n    clock += item",
                "$out = []\nfor i in range(len($x)):\n    $out.append(0 if i == 0 else $out[-1] + $x[i - 1])",
            ),
            noun="the waiting times at one counter of customers whose serving times are $x"
            "|the waiting times at one counter of customers whose serving times they are",
            act=(
                "list the waiting times at one counter of customers whose serving times are $x"
                "|list the waiting times at one counter of customers whose serving times they are",
            ),
            frag=("waiting_times", "queue_waits", "waits"),
            result="waits",
            needs="nonneg",
            adds="nonneg sorted",
            group="queue",
            note="All customers come at time 0 and are served in order.",
        ),
        whole(
            "two_counters",
            SIMULATION,
            NS,
            N,
            block=(
                "first = second = 0\nfor item in $x:\n    if first <= second:\n        first += item\n    else:\n"
                "        second += item\n$out = max(first, second)",
                "free = [0, 0]\nfor item in $x:\n    i = free.index(min(free))\n    free[i] += item\n$out = max(free)",
            ),
            noun="the time at which two counters have served customers whose serving times are $x"
            "|the time at which two counters have served customers whose serving times they are",
            act=(
                "let two counters serve customers whose serving times are $x and take the time of the end"
                "|let two counters serve customers whose serving times they are and take the time of the end",
            ),
            frag=("two_counters", "finish_time", "closing_time"),
            result="finish",
            needs="nonneg",
            adds="nonneg",
            group="queue",
            note="Each customer, in order, goes to the counter that is free first.",
            difficulty=4,
        ),
        whole(
            "boxes_needed",
            SIMULATION,
            NS,
            N,
            block=(
                "$out = 0\nspace = 0\nfor item in $x:\n    if item > space:\n        $out += 1\n"
                "        space = max($k, item)\n    space -= item",
                "boxes = []\nfor item in $x:\n    if boxes and boxes[-1] + item <= $k:\n        boxes[-1] += item\n"
                "    else:\n        boxes.append(item)\n$out = len(boxes)",
            ),
            noun="the number of boxes of size $k that are needed to pack $x in order",
            act=("pack $x in order into boxes of size $k and count the boxes",),
            frag=("boxes_needed", "num_boxes", "packed"),
            result="needed",
            params=(count("k", 8, 10, 12, 15, argument="size capacity"),),
            needs="positive",
            adds="nonneg small",
            note="A new box is begun when the next thing does not fit; what is larger than a box gets one alone.",
            difficulty=3,
        ),
    )


def _games() -> tuple[Operation, ...]:
    return (
        fold(
            "race_to_goal",
            SIMULATION,
            NS,
            N,
            code=(),
            loop=(
                "$out = 0\n---\nif $out + $v <= $k:\n    $out += $v",
                "$out = 0\n---\n$out += $v if $out + $v <= $k else 0",
            ),
            noun="the field that a token reaches from field 0 by $x if the goal is field $k",
            act=("move a token from field 0 by $x with field $k as the goal and take its field",),
            frag=("race_to_goal", "token_field"),
            result="field",
            params=(count("k", 10, 12, 15, 20, argument="goal finish"),),
            needs="rolls",
            adds="nonneg",
            group="board_game",
            note="A roll that would lead past the goal is not moved.",
        ),
        whole(
            "snakes_and_ladders",
            SIMULATION,
            NS,
            N,
            block=(
                "jumps = {3: 8, 6: 11, 9: 2, 14: 5}\n$out = 0\nfor item in $x:\n    $out += item\n"
                "    $out = jumps.get($out, $out)",
                "jumps = {3: 8, 6: 11, 9: 2, 14: 5}\n$out = 0\nfor item in $x:\n    $out += item\n"
                "    if $out in jumps:\n        $out = jumps[$out]",
            ),
            noun="the field that a token reaches from field 0 by $x",
            act=("move a token from field 0 by $x and take its field",),
            frag=("snakes_and_ladders", "board_position"),
            result="field",
            needs="rolls",
            adds="nonneg",
            group="board_game",
            note="Ladders lead from field 3 to 8 and from 6 to 11, snakes from 9 to 2 and from 14 to 5.",
            difficulty=3,
        ),
        whole(
            "game_score",
            SIMULATION,
            NS,
            N,
            block=(
                "$out = 0\nbefore = 0\nfor item in $x:\n    $out += item * 2 if item == before else item\n"
                "    before = item",
                "$out = sum($x)\nfor i in range(1, len($x)):\n    if $x[i] == $x[i - 1]:\n        $out += $x[i]",
            ),
            noun="the score of the game with $x",
            act=("work out the score of the game with $x",),
            frag=("game_score", "score"),
            result="points",
            needs="rolls",
            adds="nonneg",
            group="board_game",
            note="Each roll scores its number, and twice that if it equals the roll before it.",
            difficulty=3,
        ),
        whole(
            "turns_until",
            SIMULATION,
            NS,
            N,
            block=(
                "$out = 0\ntotal = 0\nfor item in $x:\n    if total >= $k:\n        break\n    total += item\n"
                "    $out += 1",
                "$out = 0\ntotal = 0\nwhile $out < len($x) and total < $k:\n    total += $x[$out]\n    $out += 1",
            ),
            noun="the number of turns with $x until the sum is at least $k",
            act=("count the turns with $x until the sum is at least $k",),
            frag=("turns_until", "num_turns"),
            result="turns",
            params=(count("k", 6, 10, 12, 15, argument="goal wanted"),),
            needs="rolls",
            adds="nonneg small",
            group="board_game",
            note="If the sum stays below that, all turns count.",
        ),
    )


def _series() -> tuple[Operation, ...]:
    return (
        whole(
            "floors_travelled",
            SIMULATION,
            NS,
            N,
            code=("sum(abs(b - a) for a, b in zip([0, *$x], $x))",),
            block=(
                "$out = 0\nfloor = 0\nfor item in $x:\n    $out += abs(item - floor)\n    floor = item",
                "$out = 0\nstops = [0, *$x]\nfor i in range(1, len(stops)):\n    $out += abs(stops[i] - stops[i - 1])",
            ),
            noun="the number of floors that a lift passes from floor 0 if $x are its stops in order"
            "|the number of floors that a lift passes from floor 0 if they are its stops in order",
            act=(
                "count the floors that a lift passes from floor 0 if $x are its stops in order"
                "|count the floors that a lift passes from floor 0 if they are its stops in order",
            ),
            frag=("floors_travelled", "lift_way"),
            result="travelled",
            adds="nonneg",
        ),
        whole(
            "alarm_times",
            SIMULATION,
            NS,
            NS,
            code=("[i for i, item in enumerate($x) if item > $k and (i == 0 or $x[i - 1] <= $k)]",),
            block=(
                "$out = []\nis_high = False\nfor i, item in enumerate($x):\n    if item > $k and not is_high:\n"
                "        $out.append(i)\n    is_high = item > $k",
                "$out = []\nbefore = $k\nfor i in range(len($x)):\n    if before <= $k < $x[i]:\n"
                "        $out.append(i)\n    before = $x[i]",
            ),
            noun="the indices at which an alarm goes off while $x are measured in order"
            "|the indices at which an alarm goes off while they are measured in order",
            act=("measure $x in order and list the indices at which an alarm goes off",),
            frag=("alarm_times", "alarms"),
            result="alarms",
            params=(count("k", 3, 4, 5, 6, 8, argument="limit threshold"),),
            adds="nonneg sorted distinct",
            group="alarm",
            note="The alarm goes off when a measurement is above $k and the one before it was not, or if the first is.",
            difficulty=3,
        ),
        whole(
            "heating_steps",
            SIMULATION,
            NS,
            N,
            block=(
                "$out = 0\nis_on = False\nfor item in $x:\n    if item < $k:\n        is_on = True\n"
                "    elif item > $m:\n        is_on = False\n    $out += is_on",
                "$out = 0\nis_on = False\nfor item in $x:\n    is_on = item < $k or (is_on and item <= $m)\n"
                "    if is_on:\n        $out += 1",
            ),
            noun="the number of steps in which a heating is on while $x are measured in order"
            "|the number of steps in which a heating is on while they are measured in order",
            act=("measure $x in order and count the steps in which a heating is on",),
            frag=("heating_steps", "heating_time"),
            result="steps",
            params=(count("k", 1, 2, 3, argument="low"), count("m", 5, 6, 7, argument="high")),
            adds="nonneg small",
            group="alarm",
            note="It is off at first, goes on below $k, goes off above $m, and stays as it is in between.",
            difficulty=4,
        ),
        whole(
            "cell_step",
            SIMULATION,
            NS,
            NS,
            block=(
                "padded = [0, *$x, 0]\n$out = [int(padded[i] != padded[i + 2]) for i in range(len($x))]",
                "$out = []\nfor i in range(len($x)):\n    left = $x[i - 1] if i > 0 else 0\n"
                "    right = $x[i + 1] if i + 1 < len($x) else 0\n    $out.append((left + right) % 2)",
            ),
            noun="the next state of $x",
            act=("take the next state of $x",),
            frag=("cell_step", "next_cells", "automaton_step"),
            result="following",
            needs="zeroone",
            adds="nonneg zeroone",
            note="A cell becomes 1 if exactly one of its two neighbours is 1, else 0; outside there are zeros.",
            difficulty=3,
        ),
        whole(
            "infection_days",
            SIMULATION,
            NS,
            N,
            block=(
                "$out = 0\ncells = list($x)\nwhile 0 < sum(cells) < len(cells):\n"
                "    cells = [max(cells[max(i - 1, 0):i + 2]) for i in range(len(cells))]\n    $out += 1",
                "places = [i for i, item in enumerate($x) if item == 1]\n$out = 0\nif places:\n"
                "    $out = max(min(abs(i - place) for place in places) for i in range(len($x)))",
            ),
            noun="the number of steps until all of $x are 1",
            act=("count the steps until all of $x are 1",),
            frag=("infection_days", "spreading_time"),
            result="steps",
            needs="zeroone",
            adds="nonneg small",
            note="In a step every neighbour of a 1 becomes 1. If there is no 1 at all, the answer is 0.",
            difficulty=4,
        ),
    )
