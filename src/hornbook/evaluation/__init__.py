"""Measures what a model can do: completions, verdicts from the jail, and rates that say how sure they are."""
