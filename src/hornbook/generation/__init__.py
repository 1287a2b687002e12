"""Batched generation: cache, sampling, stop rules, prompts that end anywhere."""
