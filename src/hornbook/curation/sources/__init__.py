"""Read code and texts about code where they lie, each layout by a file of its own, with licence and origin."""
