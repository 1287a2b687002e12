"""How soon ours reaches the held-out loss that transformers' `Trainer` reaches in five minutes on the same tokens.

Both start from the same weights of the laptop's model and read the laptop recipe's finetuning tokens. The `Trainer`
runs with its defaults for five minutes (with `--careful` once more, with our batch and AdamW's learning rate, in
bfloat16 where the CPU has it); then ours takes the recipe's steps with AdamW and with Muon, for five minutes at most.
Clocks stand still while the held-out loss is measured, with the same rows and the same function for all. Prints one
JSON line.

Run it on an idle machine, after `hornbook run laptop --until tokenize`: `python bench/time_to_quality.py`.
"""

import argparse
import contextlib
import dataclasses
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import PhiConfig, PhiForCausalLM, PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from hornbook.model.phi import Phi
from hornbook.recipes.laptop import FINETUNE, MODEL
from hornbook.tokens.batches import held_out_rows, num_rows, read_rows, row_starts
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import TrainConfig
from hornbook.training.hardware import has_bfloat16_instructions
from hornbook.training.loop import train

SEED = 0
ADAMW_RATE = 4e-3
"""The best of 2e-3, 4e-3 and 8e-3 for AdamW at 5 layers of width 192; see docs/log.md."""
STEPS_BETWEEN_MEASUREMENTS = 50
TOKENS_PER_STEP = FINETUNE.batch_size * FINETUNE.sequence_length


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=Path, default=Path("hornbook-store/runs/laptop/tokenize/finetune"))
    parser.add_argument("--seconds", type=float, default=300.0, help="of each training")
    parser.add_argument("--adamw-rate", type=float, default=ADAMW_RATE)
    parser.add_argument("--careful", action="store_true", help="the Trainer also as a careful user would set it")
    arguments = parser.parse_args()
    stream, held_out = TokenStream(arguments.tokens, "train"), TokenStream(arguments.tokens, "held-out")
    validation = torch.from_numpy(
        held_out_rows(held_out, sequence_length=FINETUNE.sequence_length, max_rows=FINETUNE.eval_rows)
    )
    careful = {
        "bf16": has_bfloat16_instructions(),
        "learning_rate": arguments.adamw_rate,
        "per_device_train_batch_size": FINETUNE.batch_size,
    }
    careful |= {"warmup_steps": FINETUNE.warmup_steps, "max_steps": FINETUNE.num_steps, "weight_decay": 0.1}
    theirs = {"trainer_defaults": run_trainer(stream, validation, arguments.seconds, {})}
    if arguments.careful:
        theirs["trainer_careful"] = run_trainer(stream, validation, arguments.seconds, careful)
    ours = {
        "adamw": run_ours(stream, held_out, validation, arguments.seconds, "adamw", arguments.adamw_rate),
        "muon": run_ours(stream, held_out, validation, arguments.seconds, "muon", FINETUNE.learning_rate),
    }
    report: dict[str, Any] = {
        "bench": "time_to_quality",
        "model": dataclasses.asdict(MODEL),
        "num_threads": torch.get_num_threads(),
        "theirs": theirs,
        "ours": {
            name: {**curve[-1], "reaches": {peer: reached(curve, result) for peer, result in theirs.items()}}
            for name, curve in ours.items()
        },
        "curves": {name: [[line["seconds"], line["held_out_loss"]] for line in curve] for name, curve in ours.items()},
    }
    print(json.dumps(report))


def run_ours(
    stream: TokenStream, held_out: TokenStream, validation: torch.Tensor, seconds: float, optimizer: str, rate: float
) -> list[dict[str, float]]:
    """The recipe's finetuning from new weights: wall seconds, tokens and held-out loss, every few steps."""
    model = new_model()
    config: TrainConfig = dataclasses.replace(
        FINETUNE,
        model=MODEL,
        optimizer=optimizer,
        learning_rate=rate,
        mask_documents=False,  # as the `Trainer`, and as the held-out loss is measured
        eval_rows=0,
        checkpoint_every=10**6,
    )
    curve: list[dict[str, float]] = []
    paused = 0.0
    start = time.perf_counter()

    def measure(done: int, total: int, _note: str = "") -> None:
        nonlocal paused
        is_due = done and (done % STEPS_BETWEEN_MEASUREMENTS == 0 or done == total)
        if is_due and (not curve or curve[-1]["tokens"] < done * TOKENS_PER_STEP):  # a step may be told twice
            now = time.perf_counter()
            loss = held_out_loss(model.loss, model, validation)
            curve.append(
                {
                    "seconds": round(now - start - paused, 1),
                    "tokens": done * TOKENS_PER_STEP,
                    "held_out_loss": round(loss, 4),
                }
            )
            spent = now - start - paused
            paused += time.perf_counter() - now
            if spent >= seconds:
                raise TimeIsUpError

    with tempfile.TemporaryDirectory() as scratch, contextlib.suppress(TimeIsUpError):
        train(
            model,
            stream,
            held_out,
            config,
            seed=SEED,
            scratch=Path(scratch),
            progress=measure,
            device=torch.device("cpu"),
        )
    return curve


def run_trainer(
    stream: TokenStream, validation: torch.Tensor, seconds: float, settings: dict[str, Any]
) -> dict[str, float]:
    """What the `Trainer` has reached after so many seconds of training."""
    model = PhiForCausalLM(
        PhiConfig(
            vocab_size=MODEL.vocab_size,
            hidden_size=MODEL.hidden_size,
            intermediate_size=MODEL.intermediate_size,
            num_hidden_layers=MODEL.num_layers,
            num_attention_heads=MODEL.num_heads,
            max_position_embeddings=MODEL.max_position,
            hidden_act="gelu_new",
        )
    )
    model.load_state_dict(new_model().state_dict())
    count = num_rows(stream, FINETUNE.sequence_length)
    starts = row_starts(stream, seed=SEED, step=0, batch_size=count, sequence_length=FINETUNE.sequence_length)
    rows = torch.from_numpy(read_rows(stream, starts, FINETUNE.sequence_length))[:, :-1]
    clock = StopAfter(seconds)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            model=model,
            args=TrainingArguments(
                output_dir=folder, report_to="none", save_strategy="no", disable_tqdm=True, use_cpu=True, **settings
            ),
            train_dataset=[{"input_ids": row, "labels": row} for row in rows],  # type: ignore[arg-type]
            callbacks=[clock],
        )
        trainer.remove_callback(PrinterCallback)
        batch_size = trainer.args.per_device_train_batch_size
        trainer.train()

    def loss_of(part: torch.Tensor) -> torch.Tensor:
        logits = model(part[:, :-1].contiguous()).logits.float()
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), part[:, 1:].flatten())

    loss = held_out_loss(loss_of, model, validation)
    return {
        "seconds": round(clock.spent, 1),
        "steps": trainer.state.global_step,
        "tokens": trainer.state.global_step * batch_size * FINETUNE.sequence_length,
        "held_out_loss": round(loss, 4),
    }


class TimeIsUpError(Exception):
    """Ends our training."""


class StopAfter(TrainerCallback):
    """Ends the `Trainer` after so many seconds, counted from its first step."""

    def __init__(self, seconds: float) -> None:
        """Wait for the training's begin."""
        self.seconds = seconds
        self.spent = 0.0
        self._start = 0.0

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        """Start the clock."""
        self._start = time.perf_counter()

    def on_step_end(self, _args: Any, _state: Any, control: Any, **__: Any) -> None:
        """Look at it."""
        self.spent = time.perf_counter() - self._start
        control.should_training_stop = self.spent >= self.seconds


def new_model() -> Phi:
    """The weights from which all start."""
    return Phi(MODEL).initialize(torch.Generator().manual_seed(SEED))


@torch.no_grad()
def held_out_loss(
    loss_of: Callable[[torch.Tensor], torch.Tensor], model: torch.nn.Module, validation: torch.Tensor
) -> float:
    """The mean loss of the held-out rows in float32, dropout off."""
    model.eval()
    parts = validation.split(16)
    total = sum(float(loss_of(part)) * len(part) for part in parts)
    model.train()
    return total / len(validation)


def reached(curve: list[dict[str, float]], theirs: dict[str, float]) -> dict[str, float | None]:
    """When a curve first was as good as the peer's end, and what share of the peer's time that took."""
    for line in curve:
        if line["held_out_loss"] <= theirs["held_out_loss"]:
            share = round(line["seconds"] / theirs["seconds"], 3)
            return {"seconds": line["seconds"], "tokens": line["tokens"], "share_of_their_time": share}
    return {"seconds": None, "tokens": None, "share_of_their_time": None}


if __name__ == "__main__":
    main()
