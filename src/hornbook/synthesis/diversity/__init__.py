"""How varied a collection of exercises or passages is, and when a generation that goes on would only repeat itself."""
