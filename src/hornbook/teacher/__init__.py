"""Language models that are asked over HTTP: to write, to complete, to grade."""
