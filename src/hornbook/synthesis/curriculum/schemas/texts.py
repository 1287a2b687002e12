"""Go through the characters and words of a text."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Char, Choice, Map, Predicate, Size, Text


def rebuild(text: Text, p: Predicate[Char], f: Map[Char, str]) -> str:
    """Return {text} with each character that {p} replaced by {f:it}.
    Build a new string from {text}: for a character that {p} write {f:it}, and copy the others.
    names: replace_{p} {f}_for_{p} rewrite_{p} change_{p}
    """
    result = ""
    for x in text:
        if p(x):
            result += f(x)
        else:
            result += x
    return result


def keep_characters(text: Text, p: Predicate[Char], f: Map[Char, str]) -> str:
    """Return a string of {f:each character} in {text} that {p}; the other characters are left out.
    Filter {text}: only a character that {p} stays, and in its place comes {f:it}.
    names: keep_{p} only_{p} {f}_of_{p} extract_{p}
    """
    kept = []
    for x in text:
        if p(x):
            kept.append(f(x))
    return "".join(kept)


def balance(text: Text, opening: Choice = ("(", "[", "<", "{"), closing: Choice = (")",)) -> bool:
    """Check that each {opening} in {text} is closed by a {closing} behind it, and that no {closing} comes too early.
        Other characters are ignored.
    names: is_balanced check_brackets brackets_match
    """
    depth = 0
    for x in text:
        if x == opening:
            depth += 1
        elif x == closing:
            depth -= 1
            if depth < 0:
                return False
    return depth == 0


def deepest(text: Text, opening: Choice = ("(", "[", "<", "a"), closing: Choice = (")", "z", "!")) -> int:
    """Return the greatest depth of nesting in {text}: {opening} goes one level deeper, {closing} one level up, though
        never above the level 0.
    names: max_depth nesting_depth deepest_level
    """
    depth = 0
    most = 0
    for x in text:
        if x == opening:
            depth += 1
            most = max(most, depth)
        elif x == closing and depth > 0:
            depth -= 1
    return most


def run_lengths(text: Text, between: Choice = ("", "-", ",")) -> Any:
    """Compress {text}: write each run of equal characters as the character and the length of the run, with {between}
        between the runs.
    names: run_length_encode compress encode_runs
    """
    parts = []
    i = 0
    while i < len(text):
        j = i
        while j < len(text) and text[j] == text[i]:
            j += 1
        parts.append(text[i] + str(j - i))
        i = j
    return between.join(parts)


def without_repeats(text: Text, p: Predicate[Char]) -> str:
    """Shorten each run of the same character in {text} to one, if the character {p}. Other runs stay as they are.
    Return {text} without a character that {p} wherever the character before it is the same.
    names: squeeze_{p} collapse_{p} dedupe_{p} without_double_{p}
    """
    result = ""
    for i, x in enumerate(text):
        if i > 0 and x == text[i - 1] and p(x):
            continue
        result += x
    return result


def change_words(text: Text, p: Predicate[str], f: Map[str, str]) -> str:
    """Replace each word of {text} that {p} by {f:it}. Words are separated by spaces; put one space between them in the
        result.
    Split {text} into words. For a word that {p}, take {f:it}; take any other word as it is. Join them with spaces.
    names: {f}_if_{p} change_{p}_words rewrite_words
    """
    words = text.split()
    for i in range(len(words)):
        if p(words[i]):
            words[i] = f(words[i])
    return " ".join(words)


def longest_word(text: Text, p: Predicate[str], none: Choice = ("", None)) -> Any:
    """Return the longest word of {text} that {p}, the first one of those that are equally long, or {none} if no word
        {p}. Words are separated by spaces.
    Split {text} at spaces. Among the words that {p:s}, find the longest; the first wins a tie. Without any return
        {none}.
    names: longest_{p}_word longest_word find_longest_{p}
    """
    best = none
    for word in text.split():
        if p(word) and (not best or len(word) > len(best)):
            best = word
    return best


def shift_letters(text: Text, k: Size, p: Predicate[Char]) -> str:
    """Replace each small letter in {text} that {p} by the letter that stands as many places further in the alphabet as
        {k} says, going on with 'a' after 'z'. Copy all other characters.
    names: shift_{p} caesar rotate_letters encode
    """
    result = []
    for x in text:
        if "a" <= x <= "z" and p(x):
            result.append(chr((ord(x) - ord("a") + k) % 26 + ord("a")))
        else:
            result.append(x)
    return "".join(result)


def same_multiset(text: Text, other: Text, p: Predicate[Char]) -> bool:
    """Check whether {text} and {other} have the same characters that {p:s}, each equally often, in any order.
    Return True if {text} and {other} are anagrams when only characters that {p:s} count, otherwise False.
    names: same_{p} equal_{p} are_anagrams_of_{p}
    """
    first = sorted(x for x in text if p(x))
    second = sorted(x for x in other if p(x))
    return first == second
