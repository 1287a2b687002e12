"""From documents to token shards, and from shards to batches."""
