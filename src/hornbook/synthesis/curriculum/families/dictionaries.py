"""Operations on a dictionary from strings to integers."""

from typing import Any

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, other, whole

N, NS, T, W, F, C = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.FLAG, Kind.COUNTS
DICTS = Family.DICTIONARIES


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_views(), *_filters(), *_changes(), *_picks(), *_measures())


def _views() -> tuple[Operation, ...]:
    return (
        whole(
            "keys",
            DICTS,
            C,
            W,
            code=("list($x)", "list($x.keys())", "[key for key in $x]"),
            block="$out = []\nfor key in $x:\n    $out.append(key)",
            noun="the keys of $x",
            head=("keys", "of $x"),
            act=("take the keys of $x",),
            frag=("keys", "names"),
            result="keys",
            adds="distinct",
        ),
        whole(
            "values",
            DICTS,
            C,
            NS,
            code=("list($x.values())", "[$x[key] for key in $x]"),
            block="$out = []\nfor key in $x:\n    $out.append($x[key])",
            noun="the values of $x",
            head=("values", "of $x"),
            act=("take the values of $x",),
            frag=("values", "amounts"),
            result="amounts",
            keeps="nonneg positive even",
        ),
        whole(
            "sorted_keys",
            DICTS,
            C,
            W,
            code=("sorted($x)", "sorted($x.keys())"),
            block="$out = list($x)\n$out.sort()",
            noun="the keys of $x in alphabetical order",
            act=("sort the keys of $x alphabetically",),
            frag=("sorted_keys",),
            result="keys",
            adds="distinct",
            group="order",
        ),
        whole(
            "keys_by_value",
            DICTS,
            C,
            W,
            code="sorted($x, key=lambda key: $x[key])",
            block=(
                "$out = sorted($x, key=$x.get)",
                "pairs = sorted($x.items(), key=lambda pair: pair[1])\n$out = [key for key, value in pairs]",
            ),
            noun="the keys of $x, the one with the smallest value first",
            act=("sort the keys of $x by their values, smallest first",),
            frag=("keys_by_value", "ranking"),
            result="ranked",
            adds="distinct",
            group="order",
            note="Keys with equal values keep their order.",
        ),
        whole(
            "keys_above",
            DICTS,
            C,
            W,
            code=("[key for key in $x if $x[key] > $k]", "[key for key, value in $x.items() if value > $k]"),
            block="$out = []\nfor key, value in $x.items():\n    if value > $k:\n        $out.append(key)",
            noun="the keys of $x whose value is greater than $k",
            act=("take the keys of $x whose value is greater than $k",),
            frag=("keys_above", "names_above"),
            result="large",
            params=(count("k", 1, 2, 3, 4, 5, 6, argument="limit threshold"),),
            adds="distinct",
            group="select",
        ),
        whole(
            "keys_with_value",
            DICTS,
            C,
            W,
            code=("[key for key in $x if $x[key] == $k]", "[key for key, value in $x.items() if value == $k]"),
            block="$out = []\nfor key, value in $x.items():\n    if value == $k:\n        $out.append(key)",
            noun="the keys of $x whose value is $k",
            act=("take the keys of $x whose value is $k",),
            frag=("keys_with_value", "names_with"),
            result="matching",
            params=(count("k", 1, 2, 3, 4, argument="target wanted"),),
            adds="distinct",
            group="select",
        ),
    )


def _kept(condition: str) -> dict[str, Any]:
    return {
        "code": (f"{{key: value for key, value in $x.items() if {condition}}}",),
        "block": (
            f"$out = {{}}\nfor key, value in $x.items():\n    if {condition}:\n        $out[key] = value",
            f"$out = dict(pair for pair in $x.items() if "
            f"{condition.replace('value', 'pair[1]').replace('key', 'pair[0]')})",
        ),
    }


def _filter(name: str, condition: str, phrase: str, act: str, frag: tuple[str, ...], **more: Any) -> Operation:
    return whole(name, DICTS, C, C, **_kept(condition), noun=phrase, act=act, frag=frag, result="kept", **more)


def _filters() -> tuple[Operation, ...]:
    stays = "nonneg positive even lower"
    k = count("k", 1, 2, 3, 4, 5, 6, argument="limit threshold")
    return (
        _filter(
            "entries_above",
            "value > $k",
            "the entries of $x whose value is greater than $k",
            "keep only the entries of $x whose value is greater than $k|keep only the entries whose value "
            "is greater than $k",
            ("entries_above", "above"),
            params=(k,),
            keeps=stays,
            group="select",
        ),
        _filter(
            "entries_below",
            "value < $k",
            "the entries of $x whose value is less than $k",
            "keep only the entries of $x whose value is less than $k|keep only the entries whose value is less than $k",
            ("entries_below", "below"),
            params=(count("k", 3, 4, 5, 6, 8, argument="limit threshold"),),
            keeps=stays,
            group="select",
        ),
        _filter(
            "entries_even",
            "value % 2 == 0",
            "the entries of $x whose value is even",
            "keep only the entries of $x whose value is even|keep only the entries whose value is even",
            ("entries_even", "even"),
            keeps="nonneg positive lower",
            adds="even",
            avoids="even",
            group="select",
        ),
        _filter(
            "entries_long_key",
            "len(key) > $k",
            "the entries of $x whose key is longer than $k characters",
            "keep only the entries of $x whose key is longer than $k characters|keep only the entries "
            "whose key is longer than $k characters",
            ("long_keys",),
            params=(count("k", 3, 4, 5, argument="length"),),
            keeps=stays,
            group="keys",
        ),
        whole(
            "remove_key",
            DICTS,
            C,
            C,
            code="{key: value for key, value in $x.items() if key != $m}",
            block=("$out = dict($x)\n$out.pop($m, None)", "$out = dict($x)\nif $m in $out:\n    del $out[$m]"),
            noun="the entries of $x except that of the key $m",
            act=("remove the entry of the key $m from $x",),
            frag=("without_key", "remove_key"),
            result="rest",
            params=(other("m", T, "name unwanted"),),
            keeps=stays,
            group="second",
        ),
        whole(
            "select_keys",
            DICTS,
            C,
            C,
            code=("{key: value for key, value in $x.items() if key in $m}",),
            block=(
                "$out = {}\nfor key in $x:\n    if key in $m:\n        $out[key] = $x[key]",
                "$out = {key: $x[key] for key in $x if key in $m}",
            ),
            noun="the entries of $x whose key occurs in $m",
            act=("keep only the entries of $x whose key occurs in $m|keep only the entries whose key occurs in $m",),
            frag=("select", "pick_keys"),
            result="chosen",
            params=(other("m", W, "names wanted"),),
            keeps=stays,
            group="second",
        ),
    )


def _each_value(name: str, new: str, noun: str, act: str, frag: tuple[str, ...], **more: Any) -> Operation:
    blocks = (
        f"$out = {{}}\nfor key, value in $x.items():\n    $out[key] = {new}",
        f"$out = {{key: {new.replace('value', '$x[key]')} for key in $x}}",
    )
    code = f"{{key: {new} for key, value in $x.items()}}"
    return whole(name, DICTS, C, C, code=code, block=blocks, noun=noun, act=act, frag=frag, result="changed", **more)


def _changes() -> tuple[Operation, ...]:
    merge = other("m", C, "extra others new")
    return (
        _each_value(
            "add_to_values",
            "value + $k",
            "$x with every value increased by $k",
            "increase every value of $x by $k|increase every value by $k",
            ("values_plus", "raised"),
            params=(count("k", 2, 3, 5, 10, argument="amount step"),),
            keeps="nonneg positive lower",
            group="value",
        ),
        _each_value(
            "multiply_values",
            "value * $k",
            "$x with every value multiplied by $k",
            "multiply every value of $x by $k|multiply every value by $k",
            ("values_times", "scaled"),
            params=(count("k", 2, 3, 4, 10, argument="factor rate"),),
            keeps="nonneg positive lower",
            group="value",
        ),
        whole(
            "merge_sum",
            DICTS,
            C,
            C,
            code="{key: $x.get(key, 0) + $m.get(key, 0) for key in [*$x, *$m]}",
            block=(
                "$out = dict($x)\nfor key, value in $m.items():\n    $out[key] = $out.get(key, 0) + value",
                "$out = dict($x)\nfor key in $m:\n    if key in $out:\n        $out[key] += $m[key]\n"
                "    else:\n        $out[key] = $m[key]",
            ),
            noun="$x combined with $m, the values of equal keys added",
            act=("combine $x with $m, adding the values of equal keys",),
            frag=("merged", "combined"),
            result="merged",
            params=(merge,),
            group="second",
        ),
    )


def _picks() -> tuple[Operation, ...]:
    none = ("an empty string", "the key")
    return (
        whole(
            "key_of_largest",
            DICTS,
            C,
            T,
            code='max($x, key=lambda key: $x[key], default="")',
            block=(
                '$out = next(iter($x), "")\nfor key in $x:\n    if $x[key] > $x[$out]:\n        $out = key',
                '$out = max($x, key=$x.get) if $x else ""',
            ),
            noun="the key of $x with the largest value",
            act=("find the key of $x with the largest value",),
            frag=("key_of_largest", "winner", "best_key"),
            result="best",
            group="pick",
            empty=none,
            note="Of keys with equal values the first one counts.",
        ),
        whole(
            "key_of_smallest",
            DICTS,
            C,
            T,
            code='min($x, key=lambda key: $x[key], default="")',
            block=(
                '$out = next(iter($x), "")\nfor key in $x:\n    if $x[key] < $x[$out]:\n        $out = key',
                '$out = min($x, key=$x.get) if $x else ""',
            ),
            noun="the key of $x with the smallest value",
            act=("find the key of $x with the smallest value",),
            frag=("key_of_smallest", "lowest_key"),
            result="lowest",
            group="pick",
            empty=none,
            note="Of keys with equal values the first one counts.",
        ),
        whole(
            "look_up",
            DICTS,
            C,
            N,
            code="$x.get($m, 0)",
            block=("$out = 0\nif $m in $x:\n    $out = $x[$m]", "$out = $x[$m] if $m in $x else 0"),
            noun="the value of the key $m in $x",
            act=("look up the key $m in $x",),
            frag=("look_up", "value_of"),
            result="found",
            params=(other("m", T, "name word"),),
            keeps="nonneg even",
            group="second",
            note="If there is no such key, the value is 0.",
        ),
    )


def _measures() -> tuple[Operation, ...]:
    return (
        whole(
            "total_of_values",
            DICTS,
            C,
            N,
            code=("sum($x.values())", "sum($x[key] for key in $x)"),
            block="$out = 0\nfor key in $x:\n    $out += $x[key]",
            noun=("the sum of the values of $x", "the total of the values of $x"),
            act=("add up the values of $x",),
            frag=("total", "sum_of_values"),
            result="total",
            keeps="nonneg even",
        ),
        whole(
            "largest_value",
            DICTS,
            C,
            N,
            code="max($x.values(), default=0)",
            block=(
                "$out = 0\nif $x:\n    $out = max($x.values())",
                "amounts = sorted($x.values())\n$out = amounts[-1] if amounts else 0",
            ),
            noun="the largest value of $x",
            act=("find the largest value of $x",),
            frag=("largest_value", "max_value"),
            result="largest",
            keeps="nonneg even",
            empty=("0", "the largest value"),
        ),
        whole(
            "smallest_value",
            DICTS,
            C,
            N,
            code="min($x.values(), default=0)",
            block=(
                "$out = 0\nif $x:\n    $out = min($x.values())",
                "amounts = sorted($x.values())\n$out = amounts[0] if amounts else 0",
            ),
            noun="the smallest value of $x",
            act=("find the smallest value of $x",),
            frag=("smallest_value", "min_value"),
            result="smallest",
            keeps="nonneg even",
            empty=("0", "the smallest value"),
        ),
        whole(
            "count_entries",
            DICTS,
            C,
            N,
            code=("len($x)", "sum(1 for _ in $x)"),
            block="$out = 0\nfor _ in $x:\n    $out += 1",
            noun="the number of entries of $x",
            act=("count the entries of $x",),
            frag=("num_entries", "size"),
            result="count",
            adds="nonneg small",
        ),
        whole(
            "has_key",
            DICTS,
            C,
            F,
            code=("$m in $x", "$m in $x.keys()", "any(key == $m for key in $x)"),
            block="$out = False\nfor key in $x:\n    if key == $m:\n        $out = True",
            noun=("whether $m is a key of $x", "whether $x has the key $m"),
            frag=("has_key", "knows"),
            result="found",
            params=(other("m", T, "name word"),),
            group="second",
            last=True,
        ),
    )
