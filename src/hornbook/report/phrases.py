"""Numbers and facts in words, for the page and the terminal."""

from markupsafe import Markup

from hornbook.report.data import ReportData
from hornbook.report.evaluated import EvaluationData
from hornbook.report.scored import Score


def count(number: int) -> str:
    """A whole number with separators: `12,345`."""
    return f"{number:,}"


def percent(share: float) -> str:
    """A share as a percentage with one decimal and a narrow space: `81.3 %`."""
    return f"{100 * share:.1f}\u202f%"


def plural(number: int, unit: str) -> str:
    """A number with its unit, given in the plural: `1 document`, `2 documents`, `3 classes`, `1 passage`."""
    if number != 1:
        return f"{number:,} {unit}"
    singular = unit[:-3] + "y" if unit.endswith("ies") else unit.removesuffix("s")
    return f"1 {singular}"


def duration(seconds: float) -> str:
    """A time for people, on one line: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f}\u00a0s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}\u00a0s"
    if whole < 3600:
        return f"{whole // 60}\u00a0min\u00a0{whole % 60:02d}\u00a0s"
    return f"{whole // 3600}\u00a0h\u00a0{whole % 3600 // 60:02d}\u00a0min"


def magnitude(number: int) -> str:
    """A large number as one says it: `4.21 million`, `1.42 billion`; below a million in full."""
    for size, name in ((10**9, "billion"), (10**6, "million")):
        if number >= size:
            return f"{number / size:.3g}\u00a0{name}"
    return count(number)


def headline(data: ReportData) -> Markup:
    """The run in two or three sentences, from what is there."""
    sentences = [*_training_sentence(data), *_score_sentences(data)]
    return Markup(" ").join(sentences) if sentences else Markup("A part of the chain, up to the stages listed below.")


def _training_sentence(data: ReportData) -> list[Markup]:
    if not data.trainings:
        return []
    text = "A code model of <strong>{} parameters</strong>, trained from nothing on {} tokens in {}."
    tokens = sum(training.num_tokens for training in data.trainings)
    seconds = sum(stage.seconds for stage in data.stages if stage.name in {item.name for item in data.trainings})
    return [Markup(text).format(magnitude(data.trainings[-1].num_parameters), magnitude(tokens), duration(seconds))]


def _score_sentences(data: ReportData) -> list[Markup]:
    found = {(score.model, score.benchmark): score for score in data.scores}
    sentences = []
    tuned = found.get(("tuned", "held-out exercises"))
    base = found.get(("base", "held-out exercises"))
    if tuned:
        before = f"; before its finetuning it solved {percent(base.pass_at_1)}" if base else ""
        text = "It solves <strong>{} of {} exercises</strong> whose compositions it never saw{}."
        sentences.append(Markup(text).format(percent(tuned.pass_at_1), count(tuned.num_problems), before))
    humaneval = found.get(("tuned", "HumanEval"))
    if humaneval and humaneval.num_samples > 1:
        sentences.append(_share_sentence(humaneval))
    elif humaneval:
        text = "Of HumanEval’s {} problems it solves <strong>{}</strong>."
        sentences.append(Markup(text).format(humaneval.num_problems, _num_solved(humaneval)))
    return sentences


def evaluation_headline(data: EvaluationData) -> Markup:
    """The scores of one model in a sentence for each benchmark."""
    return Markup(" ").join(
        _share_sentence(benchmark.score)
        if benchmark.score.num_samples > 1
        else Markup("On {} it solves <strong>{} of {} problems</strong>.").format(
            benchmark.score.benchmark, count(_num_solved(benchmark.score)), count(benchmark.score.num_problems)
        )
        for benchmark in data.benchmarks
    )


def _share_sentence(score: Score) -> Markup:
    text = "On {} <strong>{} of its answers</strong> pass: {} for each of {} problems."
    return Markup(text).format(
        score.benchmark, percent(score.pass_at_1), count(score.num_samples), count(score.num_problems)
    )


def _num_solved(score: Score) -> int:
    return round(score.pass_at_1 * score.num_problems)
