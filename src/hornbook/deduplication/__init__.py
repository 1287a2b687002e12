"""Remove documents that repeat others, word for word or nearly."""
