"""The finished model in the formats of the tools that people already have."""
