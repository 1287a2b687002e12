"""Turn texts of code into features: hashed tokens and measures, or the hidden states of a language model."""
