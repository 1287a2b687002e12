"""One loop for pretraining and finetuning, with exact resume."""
