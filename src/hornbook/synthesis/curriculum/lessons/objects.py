"""What a teacher says about the methods of small classes."""

SENTENCES: dict[str, tuple[str, str]] = {
    "read_number": (
        "An object keeps a value in an attribute; a method reads it through `self`.",
        "Without `self.` Python looks for a local variable and finds none.",
    ),
    "add_to_held": (
        "A method may change the attribute: `self.balance += amount` stays in force after the call.",
        "`balance += amount` without `self.` would be about a local name and fail.",
    ),
    "count_one_more": (
        "A counter is the smallest useful class: one number, and a method that adds 1 to it.",
        "Two objects of a class have their own numbers; counting one leaves the other alone.",
    ),
    "take_from_held": (
        "Test first whether there is enough; only then change the attribute.",
        "If the test came after the subtraction, the harm would be done already.",
    ),
    "add_up_to_limit": (
        "`min` of the new value and the limit never lies above the limit.",
        "It is the minimum that keeps a value low, although the limit is called a maximum.",
    ),
    "take_down_to_zero": (
        "`max` of the new value and 0 never lies below 0.",
        "The method may take away less than it was asked for, and says nothing about it.",
    ),
    "reset_held": (
        "Put the old value into a variable before the attribute is overwritten; return the variable.",
        "In the other order the old value is lost and 0 is returned.",
    ),
    "replace_held": (
        "Keep the old value in a variable, store the new one, and return the old.",
        "A method that changes an object and answers as well does two things: its docstring should say both.",
    ),
    "read_numbers": (
        "The list lives in an attribute; a method computes something from it and changes nothing.",
        "Returning the list itself lets the caller change it from outside; a copy would prevent that.",
    ),
    "push": (
        "`append` puts a value at the end of the list that the object holds.",
        "`append` returns None: the changed list is still in the attribute.",
    ),
    "push_front": (
        "`insert(0, item)` puts a value in front; all others move one place on.",
        "On a long list this is slower than `append`, since every member moves.",
    ),
    "push_if_new": (
        "`item not in self.items` asks first, and `append` follows only if the answer is yes.",
        "The same call a second time changes nothing.",
    ),
    "push_bounded": (
        "Append first, then cut the list down to its last members: it never grows beyond the limit.",
        "A slice with a minus counts from the end: `[-3:]` are the last three.",
    ),
    "push_total": (
        "`sum` over the attribute is computed before `append` changes it.",
        "The new member counts in the next sum as well, so the numbers grow fast.",
    ),
    "pop_last": (
        "`pop()` removes the last member and returns it: one call changes and answers.",
        "On an empty list `pop` raises an IndexError, so test whether there is anything.",
    ),
    "pop_first": (
        "`pop(0)` removes the first member and returns it, as a queue serves who came first.",
        "A stack takes from the end, a queue from the front: mixing them up changes the order of everything.",
    ),
    "pop_all": (
        "Remember the list under another name, give the attribute a new empty list, and return the old one.",
        "`self.items.clear()` would empty the remembered list too, for both names mean the same list.",
    ),
    "drop_one": (
        "Remove the last member if there is one, and answer nothing.",
        "`del self.items[-1:]` is safe on an empty list, `del self.items[-1]` is not.",
    ),
    "remove_value": (
        "`remove` deletes the first equal member; a loop repeats it until none is left.",
        "Never remove from a list inside a `for` loop over it: members would be skipped.",
    ),
    "keep_recent": (
        "Delete everything in front of the last few members with a slice.",
        "If there are fewer members than that, nothing is deleted.",
    ),
    "move_to_end": (
        "Take the first member out with `pop(0)` and append it again: everyone gets a turn.",
        "An empty list has no first member, so the method tests for it.",
    ),
    "read_words": (
        "An object may hold a list of strings; its methods ask questions about it.",
        "In `__init__` the list is copied, so that the caller's list and the object's are two.",
    ),
    "note_word": (
        "`append` adds the string at the end of the object's list.",
        "`+= word` would add the characters one by one, since a string is a sequence too.",
    ),
    "note_word_once": (
        "Ask with `not in` whether the string is there; append it only if not.",
        "Upper and lower case make different strings: 'Tea' is not 'tea'.",
    ),
    "forget_word": (
        "Remove the string as long as it is in the list.",
        "`remove` on a string that is not there raises a ValueError, so the loop asks first.",
    ),
    "pop_word": (
        "`pop()` takes the last string out of the list and returns it.",
        "For an empty list the method answers with an empty string instead of failing.",
    ),
    "pop_first_word": (
        "`pop(0)` takes the first string out of the list, as one crosses off the next task.",
        "The others move up, so the same call gives the next one.",
    ),
    "move_word_to_front": (
        "Remove the string wherever it is, then insert it at index 0.",
        "A string that was not there before is new at the front: the list grows by one.",
    ),
    "read_table": (
        "An object may hold a dictionary; a method looks things up in it.",
        "A missing key raises a KeyError with `[]`; `get` answers with a default.",
    ),
    "put_amount": (
        "`get(name, 0)` is the present value or 0; add the amount and store the sum.",
        "`+=` on a key that is not there raises a KeyError.",
    ),
    "count_key": (
        "Counting in a dictionary: the value so far, or 0, plus 1.",
        "The dictionary grows by itself: a name that was never counted becomes a new key.",
    ),
    "set_amount": (
        "An assignment to `self.stock[name]` stores a value, whether the key is new or not.",
        "The old value is gone without a word.",
    ),
    "take_amount": (
        "Only a key that is there is changed, and `max` keeps its value from falling below 0.",
        "The entry stays in the dictionary even if its value is 0.",
    ),
    "remove_entry": (
        "`pop(name, 0)` removes the key and returns its value, or 0 if there was none.",
        "Without the second argument a missing key raises a KeyError.",
    ),
    "double_entry": (
        "Ask first whether the key is there; then `*= 2` changes its value where it is.",
        "Without the test a missing key would raise a KeyError.",
    ),
    "read_text": (
        "An object may hold a string; a method computes something from it.",
        "A string cannot be changed in place; only the attribute can be bound to another one.",
    ),
    "write_more": (
        "`self.text += word` makes a longer string and stores it in the attribute.",
        "No space is put between the parts unless you add one.",
    ),
    "write_word": (
        "Join the text, a space and the word; `strip` removes the space in front if the text was empty.",
        "`strip` works on both ends, so spaces that were there before go too.",
    ),
    "erase_end": (
        "The slice `text[:-k]` is everything but the last k characters.",
        "If the text is shorter than k, nothing is left, and nothing fails.",
    ),
    "replace_text": (
        "Remember the old text in a variable, store the new one, return the old.",
        "Both strings exist side by side until the old one is no longer needed.",
    ),
}
