"""Benchmark problems, and nothing else: evaluation and decontamination both read them."""
