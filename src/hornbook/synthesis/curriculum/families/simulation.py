"""Processes that a string of commands drives, letter by letter: robots, lifts, typing, matches."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

N, T, P = Kind.NUMBER, Kind.TEXT, Kind.PAIR
SIMULATION = Family.SIMULATION


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_commands(), *_matches())


def _commands() -> tuple[Operation, ...]:
    steps = 'steps = {"U": (0, 1), "D": (0, -1), "L": (-1, 0), "R": (1, 0)}\n'
    return (
        whole(
            "robot_place",
            SIMULATION,
            T,
            P,
            block=(
                'right = $x.count("R") - $x.count("L")\nup = $x.count("U") - $x.count("D")\n$out = (right, up)',
                "a, b = 0, 0\nfor c in $x:\n"
                '    if c == "U":\n        b += 1\n    elif c == "D":\n        b -= 1\n'
                '    elif c == "R":\n        a += 1\n    else:\n        a -= 1\n$out = (a, b)',
                f"{steps}$out = (0, 0)\nfor c in $x:\n    $out = ($out[0] + steps[c][0], $out[1] + steps[c][1])",
            ),
            noun="the place that a robot reaches from (0, 0) by the moves in $x",
            act="move a robot from (0, 0) by the moves in $x and take its place",
            frag=("robot_place", "final_place", "after_moves"),
            result="end",
            needs="moves",
            group="robot",
            note="U and D change the second number by 1 and -1, R and L the first.",
        ),
        whole(
            "fields_visited",
            SIMULATION,
            T,
            N,
            block=(
                f"{steps}a, b = 0, 0\nseen = {{(a, b)}}\nfor c in $x:\n    a += steps[c][0]\n    b += steps[c][1]\n"
                "    seen.add((a, b))\n$out = len(seen)",
                "a, b = 0, 0\nseen = [(a, b)]\nfor c in $x:\n"
                '    a += (c == "R") - (c == "L")\n    b += (c == "U") - (c == "D")\n'
                "    if (a, b) not in seen:\n        seen.append((a, b))\n$out = len(seen)",
            ),
            noun="the number of different fields that a robot stands on during the moves in $x",
            act="count the different fields that a robot stands on during the moves in $x",
            frag=("fields_visited", "num_visited"),
            result="visited",
            needs="moves",
            adds="nonneg positive small",
            group="robot",
            note="U, D, L and R move it by one field; the field where it starts counts, too.",
            difficulty=3,
        ),
        whole(
            "farthest_distance",
            SIMULATION,
            T,
            N,
            block=(
                f"{steps}$out = 0\na, b = 0, 0\nfor c in $x:\n    a += steps[c][0]\n    b += steps[c][1]\n"
                "    $out = max($out, abs(a) + abs(b))",
                "distances = [0]\na, b = 0, 0\nfor c in $x:\n"
                '    a += (c == "R") - (c == "L")\n    b += (c == "U") - (c == "D")\n'
                "    distances.append(abs(a) + abs(b))\n$out = max(distances)",
            ),
            noun="the greatest distance from its start that a robot has during the moves in $x",
            act="find the greatest distance from its start that a robot has during the moves in $x",
            frag=("farthest_distance", "farthest"),
            result="farthest",
            needs="moves",
            adds="nonneg small",
            group="robot",
            note="U, D, L and R move it by one field; the distance is counted in such moves.",
            difficulty=3,
        ),
        whole(
            "lift_floor",
            SIMULATION,
            T,
            N,
            block=(
                '$out = 0\nfor c in $x:\n    if c == "U":\n        $out = min($k, $out + 1)\n    else:\n'
                "        $out = max(0, $out - 1)",
                '$out = 0\nfor c in $x:\n    if c == "U" and $out < $k:\n        $out += 1\n'
                '    elif c == "D" and $out > 0:\n        $out -= 1',
            ),
            noun="the floor that a lift reaches from floor 0 by the commands in $x",
            act="move a lift from floor 0 by the commands in $x and take its floor",
            frag=("lift_floor", "floor_after"),
            result="floor",
            params=(count("k", 2, 3, 4, 5, argument="top highest"),),
            needs="lift",
            adds="nonneg small",
            note="U means one floor up and D one floor down; floor $k is the highest and floor 0 the lowest.",
        ),
        whole(
            "typed_text",
            SIMULATION,
            T,
            T,
            block=(
                '$out = ""\nfor c in $x:\n    if c == "#":\n        $out = $out[:-1]\n    else:\n        $out += c',
                'stack = []\nfor c in $x:\n    if c != "#":\n        stack.append(c)\n    elif stack:\n'
                '        stack.pop()\n$out = "".join(stack)',
            ),
            noun="the text that is left after the keys in $x were typed",
            act="type the keys in $x and take the text that is left",
            frag=("typed_text", "after_backspaces"),
            result="left",
            needs="typed",
            adds="lower spaceless letters",
            note="The key '#' deletes the last character, if there is one.",
            difficulty=3,
        ),
    )


def _matches() -> tuple[Operation, ...]:
    return (
        whole(
            "most_inside",
            SIMULATION,
            T,
            N,
            block=(
                '$out = 0\ninside = 0\nfor c in $x:\n    inside += 1 if c == "I" else -1\n    $out = max($out, inside)',
                'counts = [0]\nfor c in $x:\n    if c == "I":\n        counts.append(counts[-1] + 1)\n    else:\n'
                "        counts.append(counts[-1] - 1)\n$out = max(counts)",
            ),
            noun="the largest number of people that were inside at once during the movements in $x",
            act="find the largest number of people that were inside at once during the movements in $x",
            frag=("most_inside", "peak", "crowd"),
            result="most",
            needs="gate",
            adds="nonneg small",
            group="gate",
            note="I means that somebody goes in, O that somebody goes out; at first nobody is inside.",
        ),
        whole(
            "final_score",
            SIMULATION,
            T,
            P,
            code=('($x.count("A"), $x.count("B"))',),
            block=(
                'a = b = 0\nfor c in $x:\n    if c == "A":\n        a += 1\n    else:\n        b += 1\n$out = (a, b)',
                'a = sum(1 for c in $x if c == "A")\n$out = (a, len($x) - a)',
            ),
            noun="the final score of the match $x as a pair",
            act="take the final score of the match $x as a pair",
            frag=("final_score", "match_result"),
            result="score",
            needs="rallies",
            adds="nonneg",
            group="match",
            note="Each letter is a point for that player; the points of A come first.",
            difficulty=1,
        ),
        whole(
            "lead_changes",
            SIMULATION,
            T,
            N,
            block=(
                '$out = 0\nleader = ""\nlead = 0\nfor c in $x:\n    lead += 1 if c == "A" else -1\n'
                '    if lead != 0:\n        ahead = "A" if lead > 0 else "B"\n        if leader not in ("", ahead):\n'
                "            $out += 1\n        leader = ahead",
                'leads = []\nfor i in range(1, len($x) + 1):\n    lead = $x[:i].count("A") - $x[:i].count("B")\n'
                "    if lead != 0:\n        leads.append(lead > 0)\n"
                "$out = sum(1 for a, b in zip(leads, leads[1:]) if a != b)",
            ),
            noun="the number of times that the lead passes from one player to the other in the match $x",
            act="count how often the lead passes from one player to the other in the match $x",
            frag=("lead_changes", "num_lead_changes"),
            result="changes",
            needs="rallies",
            adds="nonneg small",
            group="match",
            note="Each letter is a point for that player; at a draw nobody leads.",
            difficulty=4,
        ),
    )
