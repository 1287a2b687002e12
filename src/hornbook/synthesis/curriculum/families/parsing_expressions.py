"""Read expressions: sums, signs between numbers, postfix notation, brackets."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import whole

N, T, F, W = Kind.NUMBER, Kind.TEXT, Kind.FLAG, Kind.WORDS
PARSING = Family.PARSING


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_values(), *_tokens(), *_brackets())


def _values() -> tuple[Operation, ...]:
    return (
        whole(
            "value_of_sum",
            PARSING,
            T,
            N,
            code=('sum(int(part) for part in $x.split("+"))', 'sum(map(int, $x.split("+")))'),
            block='$out = 0\nfor part in $x.split("+"):\n    $out += int(part)',
            noun="the value of the sum $x",
            act="work out the sum $x",
            frag=("value_of_sum", "add_terms"),
            result="total",
            needs="terms",
            adds="nonneg positive",
        ),
        whole(
            "value_of_signed_terms",
            PARSING,
            T,
            N,
            code=('sum(int(part) for part in $x.replace("-", "+-").split("+"))',),
            block=(
                '$out = 0\nsign = 1\ndigits = ""\nfor c in $x + "+":\n    if c.isdigit():\n        digits += c\n'
                "    else:\n        $out += sign * int(digits)\n"
                '        sign = 1 if c == "+" else -1\n        digits = ""',
                '$out = 0\nfor part in $x.split("+"):\n    first, *rest = part.split("-")\n'
                "    $out += int(first) - sum(int(term) for term in rest)",
            ),
            noun="the value of $x",
            act="work out the value of $x",
            frag=("value_of_terms", "plus_minus_value", "work_out"),
            result="value_now",
            needs="plusminus",
            difficulty=3,
        ),
        whole(
            "value_with_precedence",
            PARSING,
            T,
            N,
            block=(
                '$out = 0\nfor term in $x.replace("-", "+-").split("+"):\n    product = 1\n'
                '    for factor in term.split("*"):\n        product *= int(factor)\n    $out += product',
                'def product(term):\n    first, _, rest = term.partition("*")\n'
                "    return int(first) * (product(rest) if rest else 1)\n\n"
                '$out = sum(product(term) for term in $x.replace("-", "+-").split("+"))',
            ),
            noun="the value of $x, where multiplication comes before addition and subtraction",
            act="work out the value of $x, where multiplication comes before addition and subtraction",
            frag=("value_with_precedence", "evaluate", "calculate"),
            result="value_now",
            needs="arithmetic",
            group="arithmetic",
            difficulty=4,
        ),
        whole(
            "value_of_postfix",
            PARSING,
            T,
            N,
            block=(
                "stack = []\nfor part in $x.split():\n    if part.isdigit():\n        stack.append(int(part))\n"
                "    else:\n        b = stack.pop()\n        a = stack.pop()\n"
                '        if part == "+":\n            stack.append(a + b)\n        elif part == "-":\n'
                "            stack.append(a - b)\n        else:\n            stack.append(a * b)\n$out = stack[0]",
                "stack = []\nfor part in $x.split():\n    if part.isdigit():\n        stack.append(int(part))\n"
                "        continue\n    a, b = stack[-2:]\n"
                '    results = {"+": a + b, "-": a - b, "*": a * b}\n    stack[-2:] = [results[part]]\n'
                "$out = stack.pop()",
            ),
            noun="the value of $x",
            act="work out the value of $x",
            frag=("value_of_postfix", "postfix", "evaluate_rpn"),
            result="value_now",
            needs="postfix",
            difficulty=4,
        ),
    )


def _tokens() -> tuple[Operation, ...]:
    return (
        whole(
            "tokens_of_expression",
            PARSING,
            T,
            W,
            block=(
                "$out = []\nfor c in $x:\n    if c.isdigit() and $out and $out[-1].isdigit():\n        $out[-1] += c\n"
                "    else:\n        $out.append(c)",
                'spaced = ""\nfor c in $x:\n    spaced += c if c.isdigit() else f" {c} "\n$out = spaced.split()',
                'spaced = $x\nfor sign in "+-*":\n    spaced = spaced.replace(sign, f" {sign} ")\n'
                "$out = spaced.split()",
            ),
            noun="the list of the numbers and signs of $x as strings, in order",
            act="split $x into its numbers and signs",
            frag=("tokens", "tokenize", "split_expression"),
            result="pieces",
            needs="arithmetic",
            adds="digits spaceless nonempty_words nonempty",
            group="arithmetic",
            difficulty=3,
        ),
        whole(
            "count_signs",
            PARSING,
            T,
            N,
            code=('sum(1 for c in $x if c in "+-*")', "len([c for c in $x if not c.isdigit()])"),
            block='$out = 0\nfor c in $x:\n    if c in "+-*":\n        $out += 1',
            noun="the number of signs in $x",
            act="count the signs in $x",
            frag=("num_signs", "count_operators"),
            result="count",
            needs="arithmetic",
            adds="nonneg small",
            group="arithmetic",
            difficulty=1,
        ),
    )


def _brackets() -> tuple[Operation, ...]:
    return (
        whole(
            "is_balanced",
            PARSING,
            T,
            F,
            block=(
                '$out = True\ndepth = 0\nfor c in $x:\n    if c == "(":\n        depth += 1\n    elif c == ")":\n'
                "        depth -= 1\n    if depth < 0:\n        $out = False\nif depth != 0:\n    $out = False",
                'stack = []\n$out = True\nfor c in $x:\n    if c == "(":\n        stack.append(c)\n'
                '    elif c == ")" and stack:\n        stack.pop()\n    elif c == ")":\n        $out = False\n'
                "if stack:\n    $out = False",
                'rest = "".join(c for c in $x if c in "()")\nwhile "()" in rest:\n    rest = rest.replace("()", "")\n'
                '$out = rest == ""',
            ),
            noun=("whether the brackets in $x are balanced", "whether every bracket in $x has its partner"),
            frag=("is_balanced", "brackets_match"),
            result="is_balanced",
            needs="brackets",
            group="brackets",
            note="An opening bracket must come before the bracket that closes it.",
            last=True,
            difficulty=3,
        ),
        whole(
            "bracket_depth",
            PARSING,
            T,
            N,
            block=(
                '$out = 0\nis_open = 0\nfor c in $x:\n    if c == "(":\n        is_open += 1\n'
                '        $out = max($out, is_open)\n    elif c == ")":\n        is_open -= 1',
                'depths = [0]\nfor c in $x:\n    depths.append(depths[-1] + (c == "(") - (c == ")"))\n'
                "$out = max(depths)",
            ),
            noun="the greatest depth that the brackets in $x reach",
            act="find the greatest depth that the brackets in $x reach",
            frag=("bracket_depth", "deepest", "max_depth"),
            result="deepest",
            needs="brackets",
            adds="nonneg small",
            group="brackets",
            note="The depth is 0 at first; an opening bracket raises it by 1 and a closing one lowers it by 1.",
            difficulty=3,
        ),
        whole(
            "drop_brackets",
            PARSING,
            T,
            T,
            code=('"".join(c for c in $x if c not in "()")', '$x.replace("(", "").replace(")", "")'),
            block='$out = ""\nfor c in $x:\n    if c not in "()":\n        $out += c',
            noun="$x without brackets",
            act="remove the brackets from $x",
            frag=("without_brackets", "drop_brackets"),
            result="bare",
            needs="brackets",
            adds="lower spaceless letters",
            group="brackets",
            difficulty=1,
        ),
        whole(
            "text_outside_brackets",
            PARSING,
            T,
            T,
            block=(
                '$out = ""\ndepth = 0\nfor c in $x:\n    if c == "(":\n        depth += 1\n    elif c == ")":\n'
                "        depth -= 1\n    elif depth <= 0:\n        $out += c",
                '$out = ""\nfor i, c in enumerate($x):\n    before = $x[:i]\n'
                '    if c not in "()" and before.count("(") <= before.count(")"):\n        $out += c',
            ),
            noun="the letters of $x that stand outside all brackets",
            act="keep only the letters of $x that stand outside all brackets",
            frag=("outside_brackets", "top_level"),
            result="outside",
            needs="brackets",
            adds="lower spaceless letters",
            group="brackets",
            note="A letter is outside if no more brackets were opened than closed before it.",
            difficulty=3,
        ),
    )
