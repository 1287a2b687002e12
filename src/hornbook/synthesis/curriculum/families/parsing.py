"""Read small formats: entries, lists of numbers, fields, rows, points, ranges, paths; and write two of them."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import whole

N, NS, T, W, C, G, PS = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.COUNTS, Kind.GRID, Kind.PAIRS
PARSING = Family.PARSING


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_entries(), *_numbers(), *_fields(), *_structures(), *_paths())


def _entries() -> tuple[Operation, ...]:
    return (
        whole(
            "parse_entries",
            PARSING,
            T,
            C,
            block=(
                '$out = {}\nfor part in $x.split(";"):\n    name, number = part.split("=")\n'
                "    $out[name] = int(number)",
                'parts = [part.split("=") for part in $x.split(";")]\n$out = {part[0]: int(part[1]) for part in parts}',
                '$out = {}\nfor part in $x.split(";"):\n    i = part.index("=")\n'
                "    $out[part[:i]] = int(part[i + 1:])",
            ),
            noun="a dictionary from the names in $x to their integers",
            act="turn $x into a dictionary from names to integers",
            frag=("parse_entries", "entries_to_dict", "read_entries"),
            result="entries",
            needs="entries",
            adds="nonneg lower",
            group="entries",
            difficulty=3,
        ),
        whole(
            "format_entries",
            PARSING,
            C,
            T,
            code=('";".join(f"{key}={value}" for key, value in $x.items())',),
            block=(
                'parts = []\nfor key, value in $x.items():\n    parts.append(f"{key}={value}")\n$out = ";".join(parts)',
                '$out = ""\nfor key in $x:\n    if $out:\n        $out += ";"\n    $out += key + "=" + str($x[key])',
            ),
            noun="the entries of $x as one string such as 'tea=3;salt=5'",
            act="write the entries of $x as one string such as 'tea=3;salt=5'",
            frag=("format_entries", "dict_to_text", "write_entries"),
            result="written",
            group="entries",
        ),
        whole(
            "add_up_tallies",
            PARSING,
            T,
            C,
            block=(
                '$out = {}\nfor part in $x.split(","):\n    name, number = part.split(":")\n'
                "    $out[name] = $out.get(name, 0) + int(number)",
                '$out = {}\nfor part in $x.split(","):\n    name, number = part.split(":")\n'
                "    if name not in $out:\n        $out[name] = 0\n    $out[name] += int(number)",
            ),
            noun="a dictionary from each name in $x to the sum of its integers",
            act="add up the integers of each name in $x in a dictionary",
            frag=("tally_totals", "sum_by_name", "add_up_tallies"),
            result="totals",
            needs="tallies",
            adds="nonneg lower",
            group="entries",
            difficulty=3,
        ),
        whole(
            "setting_names",
            PARSING,
            T,
            W,
            code=(
                '[part.split("=")[0] for part in $x.split("&")]',
                '[part[:part.index("=")] for part in $x.split("&")]',
            ),
            block='$out = []\nfor part in $x.split("&"):\n    name, _ = part.split("=")\n    $out.append(name)',
            noun="the names of the settings in $x",
            act="list the names of the settings in $x",
            frag=("setting_names", "query_names", "names"),
            result="found",
            needs="query",
            adds="lower spaceless nonempty_words distinct nonempty",
        ),
        whole(
            "setting_values",
            PARSING,
            T,
            NS,
            code=('[int(part.split("=")[1]) for part in $x.split("&")]',),
            block=(
                '$out = []\nfor part in $x.split("&"):\n    _, number = part.split("=")\n    $out.append(int(number))',
                '$out = [int(part[part.index("=") + 1:]) for part in $x.split("&")]',
            ),
            noun="the values of the settings in $x as integers",
            act="list the values of the settings in $x as integers",
            frag=("setting_values", "query_values"),
            result="found",
            needs="query",
            adds="nonneg nonempty",
        ),
    )


def _numbers() -> tuple[Operation, ...]:
    return (
        whole(
            "parse_numbers",
            PARSING,
            T,
            NS,
            code=('[int(part) for part in $x.split(",")]', 'list(map(int, $x.split(",")))'),
            block='$out = []\nfor part in $x.split(","):\n    $out.append(int(part))',
            noun="the integers listed in $x",
            act="read the integers listed in $x",
            frag=("parse_numbers", "read_integers", "numbers_from_line"),
            result="numbers",
            needs="numlist",
            adds="nonempty",
            group="numlist",
            difficulty=1,
        ),
        whole(
            "join_numbers",
            PARSING,
            NS,
            T,
            code=('",".join(str(item) for item in $x)', '",".join(map(str, $x))'),
            block=(
                '$out = ""\nfor i, item in enumerate($x):\n    if i > 0:\n        $out += ","\n    $out += str(item)',
                'parts = []\nfor item in $x:\n    parts.append(str(item))\n$out = ",".join(parts)',
            ),
            noun="$x as one string, divided by commas without spaces",
            act="write $x as one string, divided by commas without spaces",
            frag=("comma_separated", "joined_numbers", "to_line"),
            result="line",
            adds="digits spaceless",
            group="numlist",
        ),
        whole(
            "integers_in_text",
            PARSING,
            T,
            NS,
            block=(
                'spaced = "".join(c if c.isdigit() else " " for c in $x)\n'
                "$out = [int(part) for part in spaced.split()]",
                '$out = []\nrun = ""\nfor c in $x + " ":\n    if c.isdigit():\n        run += c\n'
                '    elif run:\n        $out.append(int(run))\n        run = ""',
            ),
            noun="the integers that occur in $x",
            act="collect the integers that occur in $x",
            frag=("integers_in_text", "extract_integers", "numbers_in"),
            result="found",
            adds="nonneg",
            avoids="letters digits",
            group="classes",
            note="Digits that stand side by side form one integer; signs are ignored.",
            difficulty=3,
        ),
        whole(
            "expand_ranges",
            PARSING,
            T,
            NS,
            block=(
                '$out = []\nfor part in $x.split(","):\n    if "-" in part:\n        first, last = part.split("-")\n'
                "        $out.extend(range(int(first), int(last) + 1))\n    else:\n        $out.append(int(part))",
                '$out = []\nfor part in $x.split(","):\n    ends = [int(end) for end in part.split("-")]\n'
                "    $out += range(ends[0], ends[-1] + 1)",
            ),
            noun="all integers that the numbers and ranges in $x stand for",
            act="list all integers that the numbers and ranges in $x stand for",
            frag=("expand_ranges", "pages", "expanded"),
            result="expanded",
            needs="ranges",
            adds="sorted distinct nonneg positive nonempty",
            note="A range includes both of its ends.",
            difficulty=3,
        ),
    )


def _fields() -> tuple[Operation, ...]:
    return (
        whole(
            "parse_fields",
            PARSING,
            T,
            W,
            code=('[part.strip() for part in $x.split(",")]', 'list(map(str.strip, $x.split(",")))'),
            block='$out = []\nfor part in $x.split(","):\n    $out.append(part.strip())',
            noun="the fields of $x without the spaces around them",
            act="split $x into its fields and strip the spaces around them",
            frag=("parse_fields", "fields", "split_record"),
            result="parts",
            needs="fields",
            adds="lower spaceless nonempty",
            group="fields",
            difficulty=1,
        ),
        whole(
            "count_filled_fields",
            PARSING,
            T,
            N,
            code=(
                'sum(1 for part in $x.split(",") if part.strip())',
                'len([part for part in $x.split(",") if part.strip()])',
            ),
            block='$out = 0\nfor part in $x.split(","):\n    if part.strip() != "":\n        $out += 1',
            noun="the number of fields of $x that are not empty",
            act="count the fields of $x that are not empty",
            frag=("num_filled_fields", "count_fields"),
            result="filled",
            needs="fields",
            adds="nonneg small",
            group="fields",
        ),
    )


def _structures() -> tuple[Operation, ...]:
    return (
        whole(
            "parse_rows",
            PARSING,
            T,
            G,
            code=('[[int(part) for part in row.split()] for row in $x.split("/")]',),
            block=(
                '$out = []\nfor row in $x.split("/"):\n    $out.append([int(part) for part in row.split()])',
                '$out = []\nfor row in $x.split("/"):\n    cells = []\n    for part in row.split(" "):\n'
                "        cells.append(int(part))\n    $out.append(cells)",
            ),
            noun="the rows of integers written in $x",
            act="read the rows of integers written in $x",
            frag=("parse_rows", "read_rows", "grid_from_text"),
            result="table",
            needs="rowtext",
            adds="rect nonneg",
            difficulty=3,
        ),
        whole(
            "parse_points",
            PARSING,
            T,
            PS,
            code=('[tuple(int(part) for part in place.split(",")) for place in $x.split()]',),
            block=(
                '$out = []\nfor place in $x.split():\n    a, b = place.split(",")\n    $out.append((int(a), int(b)))',
                '$out = []\nfor place in $x.split(" "):\n    i = place.index(",")\n'
                "    $out.append((int(place[:i]), int(place[i + 1:])))",
            ),
            noun="the pairs written in $x",
            act="read the pairs written in $x",
            frag=("parse_points", "read_pairs", "points_from_text"),
            result="coordinates",
            needs="pointtext",
            difficulty=3,
        ),
    )


def _paths() -> tuple[Operation, ...]:
    return (
        whole(
            "file_of_path",
            PARSING,
            T,
            T,
            code=('$x.split("/")[-1]', '$x[$x.rfind("/") + 1:]'),
            block=(
                '$out = ""\nfor c in $x:\n    if c == "/":\n        $out = ""\n    else:\n        $out += c',
                '$out = $x\nwhile "/" in $out:\n    $out = $out[$out.index("/") + 1:]',
            ),
            noun="the name of the file in $x",
            act="take the name of the file in $x",
            frag=("file_name", "base_name"),
            result="file",
            needs="path",
            adds="lower spaceless nonempty",
            group="path",
        ),
        whole(
            "ending_of_path",
            PARSING,
            T,
            T,
            code=('$x.split(".")[-1]', '$x[$x.rfind(".") + 1:]'),
            block=(
                '$out = ""\nfor c in $x:\n    if c == ".":\n        $out = ""\n    else:\n        $out += c',
                'parts = $x.split(".")\n$out = parts[-1]',
            ),
            noun="the ending of the file in $x, without the dot",
            act="take the ending of the file in $x, without the dot",
            frag=("file_ending", "extension"),
            result="ending",
            needs="path",
            adds="lower spaceless nonempty",
            group="path",
        ),
        whole(
            "folders_of_path",
            PARSING,
            T,
            W,
            code=('$x.split("/")[:-1]',),
            block=(
                'parts = $x.split("/")\n$out = parts[:-1]',
                '$out = []\nfolder = ""\nfor c in $x:\n    if c == "/":\n        $out.append(folder)\n'
                '        folder = ""\n    else:\n        folder += c',
            ),
            noun="the names of the folders in $x, the outermost first",
            act="list the names of the folders in $x, the outermost first",
            frag=("folders", "parents", "directories"),
            result="outer",
            needs="path",
            adds="lower spaceless nonempty_words",
            group="path",
        ),
    )
