from dataclasses import replace
from typing import Any

from tests.evaluation.invented_leaks import benchmark_metrics, leak_metrics, manifest

from hornbook.evaluation.leaks import Leaks, read_leaks
from hornbook.export.stages import write_model_card
from hornbook.model.config import ModelConfig, num_parameters


def rate(share: float, ci95: tuple[float, float], num_problems: int) -> dict[str, Any]:
    return {"pass@1": share, "ci95": ci95, "num_problems": num_problems}


def checks_of(leaks: Leaks) -> dict[str, Any]:
    """HumanEval with two leaked problems, the held-out exercises with none."""
    base, clean, tuned = rate(0.0, (0, 0.023), 164), rate(0.006, (0.001, 0.034), 162), rate(0.813, (0.765, 0.853), 300)
    rows = {row["name"]: row for row in leaks.calibration["rows"]} if leaks.calibration else {}
    return {
        "leaks": replace(leaks, rule="A document is a leak if so."),
        "measured": [rows[name] for name in ("rule", "13-gram (the paper's)") if name in rows],
        "not_checked": ["paraphrases"],
        "clean": [
            {"model": "base", "benchmark": "HumanEval", "num_leaked": 2, "full": base, "clean": clean},
            {"model": "tuned", "benchmark": "held-out exercises", "num_leaked": 0, "full": tuned, "clean": tuned},
        ],
    }


LEAKS = read_leaks(
    manifest(
        leak_metrics(
            benchmark_metrics("humaneval", "HumanEval", 164, ["HumanEval/1", "HumanEval/2"], num_telling=93),
            benchmark_metrics("held_out", "held-out exercises", 300),
        ),
        **{"behaviour of HumanEval": 2, "n-gram of HumanEval": 1},
    ),
    [],
)
SHAPE = ModelConfig(
    vocab_size=2_048, num_layers=6, hidden_size=192, intermediate_size=768, num_heads=3, max_position=512
)
CARD: dict[str, Any] = {
    "name": "hornbook-invented",
    "config": SHAPE,
    "num_parameters": num_parameters(SHAPE),
    "newline": True,
    "data": [replace(manifest({}, few=1, below=8_208), stage="select", kept=2_204, unit="samples")],
    "sources": [(("cpython-3.11.7-stdlib", "PSF-2.0"), 2_204), (("own", "MIT"), 1)],
    "kinds": {"textbook": 12, "exercise": 3_456},
    "trainings": [
        replace(manifest({"tokens_seen": 9_830_400, "validation_loss": 1.958}), stage="pretrain", kept=600),
        replace(manifest({"tokens_seen": 8_192_000, "validation_loss": None}), stage="finetune", kept=500),
    ],
    "scores": [
        {**rate(0.0, (0.0, 0.023), 164), "protocol": "greedy", "model": "base", "title": "HumanEval"},
        {**rate(0.813, (0.765, 0.853), 300), "protocol": "greedy", "model": "tuned", "title": "held-out exercises"},
    ],
    "contamination": checks_of(LEAKS),
}


def card(**changed: Any) -> str:
    return write_model_card({**CARD, **changed})


def test_a_card_states_data_training_scores_and_checks() -> None:
    text = card()
    assert text.startswith("---\nlibrary_name: transformers\n")
    for line in (
        "| select | 2,204 samples | 8,208 below, 1 few |",
        "- 2,204 samples of real code from `cpython-3.11.7-stdlib`, licence PSF-2.0",
        "- 1 sample of real code from `own`, licence MIT",
        "- 12 textbook passages, not executed",
        "- 3,456 exercises, not executed",
        "| pretrain | 600 | 9,830,400 | 1.958 |",
        "| finetune | 500 | 8,192,000 | not measured |",
        "| HumanEval | base | 0.0 % | 0.0 to 2.3 % | 164 |",
        "| held-out exercises | tuned | 81.3 % | 76.5 to 85.3 % | 300 |",
        "      value: 81.3",
    ):
        assert line in text.splitlines()


def test_the_card_says_what_leaked_how_well_that_was_searched_and_what_the_score_is_without_it() -> None:
    section = card().split("## Contamination\n")[1].split("## Use")[0].splitlines()
    for line in (
        "93 training documents were compared with HumanEval (164 problems), held-out exercises (300 problems); "
        "dropped: 3 (2 behaviour of HumanEval, 1 n-gram of HumanEval).",
        "A document is a leak if so.",
        "| HumanEval | behaviour | 2 | 2 | 2 |",
        "| HumanEval | n-gram | 107 | 13 | 0 |",
        "| held-out exercises | behaviour | 0 | 0 | 0 |",
        "How good the search is, on 160 leaks and 160 clean records written for that about 40 problems, with 95 % "
        "intervals:",
        "| **rule** | 98.1 % (94.6 to 99.4), 157 of 160 leaks | 99.4 % (96.5 to 99.9), 157 of 158 flagged |",
        "| 13-gram (the paper's) | 15.6 % (10.8 to 22.1), 25 of 160 leaks | 39.7 % (30.0 to 50.0), 25 of 63 flagged |",
        "| HumanEval | base | 0.0 % (0.0 to 2.3), 164 problems | 0.6 % (0.1 to 3.4), 162 problems |",
        "| held-out exercises | tuned | 81.3 % (76.5 to 85.3), 300 problems | the same: none leaked |",
        "- paraphrases",
    ):
        assert line in section


def test_a_card_says_in_plain_words_what_was_not_evaluated_not_decontaminated_or_not_measured() -> None:
    text = card(scores=[], contamination=None)
    assert "\nNot evaluated: no score of this model was measured.\n" in text
    assert "\nNot decontaminated: no stage of the run reports" in text
    assert not any(word in text for word in ("model-index", "| benchmark |", "in a jail", "How good the search is"))
    assert "\n## Use and limits\n" in text
    text = card(contamination=checks_of(replace(LEAKS, calibration=None)))
    assert "How good the search is was not measured.\n" in text
    assert "| detector | recall |" not in text
    text = card(data=[], sources=[], kinds={}, trainings=CARD["trainings"][:1])
    assert not any(word in text for word in ("| stage | kept |", "passages", "tuned model", "then finetuned"))
    text = card(contamination={**checks_of(LEAKS), "clean": []})
    assert "No score on the problems without a leak is known.\n" in text


def test_a_card_says_where_nothing_or_everything_leaked_and_its_example_is_python() -> None:
    found = checks_of(read_leaks(manifest(leak_metrics(benchmark_metrics("humaneval", "HumanEval", 164))), []))
    leaked, tuned = found["clean"]
    whole, nothing = {**leaked, "num_leaked": 0, "clean": leaked["full"]}, {**leaked, "clean": None}
    text = card(scores=CARD["scores"][:1], contamination={**found, "clean": [whole]})
    assert "90 training documents were compared with HumanEval (164 problems); none had to be dropped.\n" in text
    assert "164 problems | the same: none leaked |" in text
    for newline, end in ((True, '"""\\n\''), (False, '"""\'')):
        example = card(newline=newline).split("```python\n")[1].split("```")[0]
        compile(example, "card", "exec")
        assert example.splitlines()[4].endswith(end)
    text = card(contamination={**found, "clean": [nothing, tuned]})
    assert "| HumanEval | base | 0.0 % (0.0 to 2.3), 164 problems | every problem leaked |" in text
