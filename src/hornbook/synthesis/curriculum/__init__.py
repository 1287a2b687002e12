"""A procedural curriculum of programs: schemas with typed holes, filled from a lexicon, told in many ways.

A schema is a plain Python function with a docstring (`schemas/`). Its holes are filled with words of the lexicon
(`words.py`), its body is rewritten into variants (`variants.py`), its tests come from running it (`trials.py`).
"""
