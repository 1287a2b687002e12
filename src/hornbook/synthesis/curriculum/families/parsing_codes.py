"""Read and write codes: versions, colours, Roman numerals, addresses, identifiers, comments, run lengths."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation, Parameter
from hornbook.synthesis.curriculum.shorthand import whole

N, NS, T, F, W = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.FLAG, Kind.WORDS
PARSING = Family.PARSING


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_versions(), *_numbers(), *_numerals(), *_identifiers(), *_runs())


def _versions() -> tuple[Operation, ...]:
    versions = ("0.9.12", "1.4.2", "2.0.10", "2.10.3", "3.1.0")
    return (
        whole(
            "version_parts",
            PARSING,
            T,
            NS,
            code=('[int(part) for part in $x.split(".")]', 'list(map(int, $x.split(".")))'),
            block='$out = []\nfor part in $x.split("."):\n    $out.append(int(part))',
            noun="the three numbers of the version $x|its three numbers",
            act="split the version $x into its three numbers|split it into its three numbers",
            frag=("version_parts", "version_numbers"),
            result="parts",
            needs="version",
            adds="nonneg nonempty",
            group="version",
            difficulty=1,
        ),
        whole(
            "is_newer_version",
            PARSING,
            T,
            F,
            block=(
                'ours = [int(part) for part in $x.split(".")]\ntheirs = [int(part) for part in $k.split(".")]\n'
                "$out = ours > theirs",
                'def numbers(version):\n    return tuple(int(part) for part in version.split("."))\n\n'
                "$out = numbers($x) > numbers($k)",
                '$out = False\nfor a, b in zip($x.split("."), $k.split(".")):\n    if int(a) != int(b):\n'
                "        $out = int(a) > int(b)\n        break",
            ),
            noun=(
                "whether the version $x is newer than $k|whether it is newer than $k",
                "whether the version $x comes after $k|whether it comes after $k",
            ),
            frag=("is_newer", "comes_after"),
            result="is_newer",
            params=(Parameter(name="k", kind=T, choices=versions),),
            needs="version",
            group="version",
            last=True,
            difficulty=3,
        ),
        whole(
            "next_patch",
            PARSING,
            T,
            T,
            block=(
                'a, b, c = $x.split(".")\n$out = f"{a}.{b}.{int(c) + 1}"',
                'parts = $x.split(".")\nparts[2] = str(int(parts[2]) + 1)\n$out = ".".join(parts)',
                'i = $x.rfind(".") + 1\n$out = $x[:i] + str(int($x[i:]) + 1)',
            ),
            noun="the version $x with its last number raised by 1|it with its last number raised by 1",
            act="raise the last number of the version $x by 1",
            frag=("next_patch", "bumped", "raise_patch"),
            result="raised",
            needs="version",
            adds="version digits spaceless nonempty",
            group="patch",
        ),
    )


def _numbers() -> tuple[Operation, ...]:
    return (
        whole(
            "colour_parts",
            PARSING,
            T,
            NS,
            code=("[int($x[i:i + 2], 16) for i in (1, 3, 5)]", "[int($x[i:i + 2], 16) for i in range(1, 7, 2)]"),
            block=(
                "$out = []\nfor i in range(1, 7, 2):\n    $out.append(int($x[i:i + 2], 16))",
                'digits = "0123456789abcdef"\n$out = []\nfor i in (1, 3, 5):\n'
                "    $out.append(digits.index($x[i]) * 16 + digits.index($x[i + 1]))",
            ),
            noun="the numbers from 0 to 255 for red, green and blue in the colour $x",
            act="turn the colour $x into its numbers from 0 to 255 for red, green and blue",
            frag=("colour_parts", "hex_to_rgb", "red_green_blue"),
            result="rgb",
            needs="colour",
            adds="nonneg nonempty",
            difficulty=3,
        ),
        whole(
            "is_valid_address",
            PARSING,
            T,
            F,
            code=('len($x.split(".")) == 4 and all(int(part) <= 255 for part in $x.split("."))',),
            block=(
                'parts = $x.split(".")\n$out = len(parts) == 4\nfor part in parts:\n    if int(part) > 255:\n'
                "        $out = False",
                'parts = [int(part) for part in $x.split(".")]\n$out = len(parts) == 4 and max(parts) <= 255',
            ),
            noun="whether $x consists of exactly four numbers, none of them greater than 255",
            frag=("is_valid_address", "is_ip"),
            result="is_valid",
            needs="address",
            last=True,
        ),
        whole(
            "address_numbers",
            PARSING,
            T,
            NS,
            code=('[int(part) for part in $x.split(".")]',),
            block=(
                '$out = []\nfor part in $x.split("."):\n    $out.append(int(part))',
                '$out = list(map(int, $x.split(".")))',
            ),
            noun="the numbers between the dots of $x",
            act="split $x at its dots into numbers",
            frag=("address_numbers", "octets", "dotted_numbers"),
            result="parts",
            needs="address",
            adds="nonneg nonempty",
            difficulty=1,
        ),
    )


def _numerals() -> tuple[Operation, ...]:
    values = 'values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}\n'
    signs = '[(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")]\n'
    small = '[(50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]\n'
    return (
        whole(
            "roman_value",
            PARSING,
            T,
            N,
            block=(
                f"{values}$out = 0\nfor i, c in enumerate($x):\n"
                "    if i + 1 < len($x) and values[c] < values[$x[i + 1]]:\n"
                "        $out -= values[c]\n    else:\n        $out += values[c]",
                f"{values}$out = 0\nlargest = 0\nfor c in reversed($x):\n    if values[c] < largest:\n"
                "        $out -= values[c]\n    else:\n        $out += values[c]\n        largest = values[c]",
            ),
            noun="the number that the Roman numeral $x stands for",
            act="read the Roman numeral $x as a number",
            frag=("roman_value", "from_roman", "roman_to_int"),
            result="number_read",
            needs="roman",
            adds="nonneg positive",
            group="roman",
            difficulty=4,
        ),
        whole(
            "to_roman",
            PARSING,
            N,
            T,
            block=(
                f'signs = {signs}signs += {small}$out = ""\nrest = $x\nfor value, sign in signs:\n'
                "    while rest >= value:\n        $out += sign\n        rest -= value",
                f'signs = {signs}signs += {small}$out = ""\nrest = $x\nfor value, sign in signs:\n'
                "    $out += sign * (rest // value)\n    rest %= value",
            ),
            noun="the Roman numeral for $x",
            act="write $x as a Roman numeral",
            frag=("to_roman", "roman_numeral", "int_to_roman"),
            result="numeral",
            needs="positive",
            adds="spaceless nonempty letters",
            group="roman",
            difficulty=4,
        ),
    )


def _identifiers() -> tuple[Operation, ...]:
    return (
        whole(
            "camel_case",
            PARSING,
            T,
            T,
            block=(
                'first, *rest = $x.split("_")\n$out = first + "".join(word.capitalize() for word in rest)',
                '$out = ""\nfor i, part in enumerate($x.split("_")):\n'
                "    $out += part if i == 0 else part.capitalize()",
                '$out = ""\nis_start = False\nfor c in $x:\n    if c == "_":\n        is_start = True\n    else:\n'
                "        $out += c.upper() if is_start else c\n        is_start = False",
            ),
            noun="$x in camel case",
            act="turn $x from snake case into camel case",
            frag=("camel_case", "to_camel"),
            result="camel",
            needs="snake",
            adds="spaceless nonempty letters",
            group="naming",
            note="Camel case drops each underscore and writes the letter behind it in upper case.",
            difficulty=3,
        ),
        whole(
            "snake_case",
            PARSING,
            T,
            T,
            code=('"".join("_" + c.lower() if c.isupper() else c for c in $x)',),
            block=(
                '$out = ""\nfor c in $x:\n    if c.isupper():\n        $out += "_"\n    $out += c.lower()',
                '$out = $x\nfor c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":\n    $out = $out.replace(c, "_" + c.lower())',
            ),
            noun="$x in snake case",
            act="turn $x from camel case into snake case",
            frag=("snake_case", "to_snake"),
            result="snake",
            needs="camel",
            adds="spaceless nonempty lower",
            group="naming",
            note="Snake case writes a capital letter as an underscore and the small letter.",
            difficulty=3,
        ),
        whole(
            "strip_comment",
            PARSING,
            T,
            T,
            code=('$x.split("#")[0].rstrip()', '$x.partition("#")[0].rstrip()'),
            block=(
                '$out = ""\nfor c in $x:\n    if c == "#":\n        break\n    $out += c\n$out = $out.rstrip()',
                '$out = $x\nif "#" in $out:\n    $out = $out[:$out.index("#")]\n$out = $out.rstrip()',
            ),
            noun="$x without its comment and without spaces at its end",
            act="remove from $x the comment and any spaces before it",
            frag=("without_comment", "strip_comment", "code_only"),
            result="code",
            needs="commented",
            note="A comment starts at the first '#'.",
            group="comment",
        ),
        whole(
            "comment_of_line",
            PARSING,
            T,
            T,
            code=('$x.partition("#")[2].strip()', '"#".join($x.split("#")[1:]).strip()'),
            block=(
                '$out = ""\nif "#" in $x:\n    $out = $x[$x.index("#") + 1:].strip()',
                'parts = $x.split("#", 1)\n$out = parts[1].strip() if len(parts) == 2 else ""',
            ),
            noun="the comment of $x, without the '#' and without spaces around it",
            act="take the comment of $x, without the '#' and without spaces around it",
            frag=("comment", "comment_of_line"),
            result="comment",
            needs="commented",
            note="A comment starts at the first '#'; without one it is an empty string.",
            group="comment",
        ),
    )


def _runs() -> tuple[Operation, ...]:
    return (
        whole(
            "encode_runs",
            PARSING,
            T,
            T,
            block=(
                '$out = ""\ni = 0\nwhile i < len($x):\n    j = i\n    while j < len($x) and $x[j] == $x[i]:\n'
                "        j += 1\n    $out += $x[i] + str(j - i)\n    i = j",
                "runs = []\nfor c in $x:\n    if runs and runs[-1][0] == c:\n        runs[-1][1] += 1\n    else:\n"
                '        runs.append([c, 1])\n$out = "".join(c + str(size) for c, size in runs)',
            ),
            noun="$x with each run of equal letters written as the letter and its number",
            act="write each run of equal letters in $x as the letter and its number",
            frag=("encode_runs", "run_length", "packed"),
            result="packed",
            needs="runs",
            adds="lower spaceless",
            group="run_code",
            note="So 'aab' becomes 'a2b1'.",
            difficulty=3,
        ),
        whole(
            "decode_runs",
            PARSING,
            T,
            T,
            code=(
                '"".join($x[i] * int($x[i + 1]) for i in range(0, len($x), 2))',
                '"".join(c * int(size) for c, size in zip($x[::2], $x[1::2]))',
            ),
            block=(
                '$out = ""\nfor i in range(0, len($x), 2):\n    $out += $x[i] * int($x[i + 1])',
                '$out = ""\nletter = ""\nfor c in $x:\n    if c.isdigit():\n        $out += letter * int(c)\n'
                "    else:\n        letter = c",
            ),
            noun="the string that repeats each letter of $x as often as the digit behind it says",
            act="repeat each letter of $x as often as the digit behind it says",
            frag=("decode_runs", "expand_runs", "unpacked"),
            result="unpacked",
            needs="coded",
            adds="lower spaceless nonempty letters",
            group="run_code",
            difficulty=3,
        ),
    )
