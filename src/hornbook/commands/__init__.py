"""The commands of `hornbook` that have many options, one file each; `cli.py` collects them."""
