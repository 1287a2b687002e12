"""Find a trained phi model by what a person typed, with what is known of it.

Reads: the run's artifacts, verified; or what lies in the folder.
"""

from collections.abc import Mapping

from hornbook.artifacts.run import RunFolder
from hornbook.artifacts.stage import Artifact
from hornbook.artifacts.store import Store
from hornbook.evaluation.find import ModelFiles, find_files, is_run
from hornbook.export.huggingface import CARD


def find_trained_model(name: str, store: Store, *, base: bool) -> tuple[ModelFiles, str | None]:
    """The model that `name` means, and the model card that speaks of it; None where there is none.

    Args:
        name: A run of the store, or a folder with a model, ours or Hugging Face's.
        store: Where runs are looked for.
        base: Of a run: the model as it was before finetuning.

    Raises:
        MissingInputError: There is nothing of that name, or the run is not far enough.
        ConfigError: `base` is asked of a folder.
        DamagedArtifactError: An artifact of the run is damaged.
    """
    files = find_files(name, store, base=base)
    if is_run(name, store):
        return files, None if base else _card_of_run(RunFolder(store, name).artifacts())
    card = files.folder / CARD
    return files, card.read_text(encoding="utf-8") if card.is_file() else None


def _card_of_run(artifacts: Mapping[str, Artifact]) -> str | None:
    """That of the stage `export`, if it speaks of the run's finetuned model."""
    exported = artifacts.get("export")
    if exported is None or exported.manifest.inputs.get("model") != artifacts["finetune"].manifest.fingerprint:
        return None
    return exported.path(f"model/{CARD}").read_text(encoding="utf-8")
