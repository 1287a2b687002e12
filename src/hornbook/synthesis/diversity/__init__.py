"""How varied a collection of exercises or passages is, measured while it is written, and when it has gone stale."""
