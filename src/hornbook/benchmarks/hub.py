"""Get a dataset's Parquet files from the Hugging Face hub, or from the cache where they lie since the last time.

Reads:  the hub (`HF_ENDPOINT` if that is set), with the user's token if there is one.
Writes: `huggingface_hub`'s own cache (`HF_HOME`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.errors import MissingInputError


@dataclass(frozen=True, kw_only=True)
class Hub:
    """Where the hub and its cache are."""

    endpoint: str | None = None
    """`https://…`; None for the one that `huggingface_hub` is set up for."""
    cache_folder: Path | None = None
    """None for the one that `huggingface_hub` is set up for."""

    def fetch(self, dataset: str, folder: str) -> Path:
        """The Parquet files of one folder of a dataset, the newest where the hub can be reached, else the cached ones.

        Args:
            dataset: `google-research-datasets/mbpp`.
            folder: Within the dataset: `sanitized`.

        Returns:
            The folder on this machine. The name of the one above it is the commit that it belongs to.

        Raises:
            MissingInputError: They cannot be had; says why.
        """
        try:
            import huggingface_hub.utils
        except ImportError as error:
            raise MissingInputError(f"the package huggingface_hub does not load ({error})") from error
        bars: Any = huggingface_hub.utils
        were_silent = bars.are_progress_bars_disabled()
        bars.disable_progress_bars()
        try:
            snapshot = huggingface_hub.snapshot_download(
                dataset,
                repo_type="dataset",
                allow_patterns=f"{folder}/*.parquet",
                endpoint=self.endpoint,
                cache_dir=self.cache_folder,
            )
        except Exception as error:  # What it raises changes with its version and with the HTTP library below it.
            reason = str(error).strip().split("\n", 1)[0].rstrip(".") or type(error).__name__
            raise MissingInputError(
                f"the dataset `{dataset}` of the Hugging Face hub cannot be had: {reason}"
            ) from error
        finally:
            if not were_silent:
                bars.enable_progress_bars()
        files = Path(snapshot) / folder
        if not any(files.glob("*.parquet")):
            raise MissingInputError(f"the dataset `{dataset}` of the Hugging Face hub has no `{folder}/*.parquet`")
        return files
