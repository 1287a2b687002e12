# Expected: raised
# Fails with a message of fifty megabytes.
raise ValueError("x" * 50_000_000)
