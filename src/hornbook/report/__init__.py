"""One self-contained HTML page, and a few lines of text, that say what a run did."""
