"""The schemas, by family: the name of the module."""
