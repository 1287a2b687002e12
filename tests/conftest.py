import signal


def pytest_configure() -> None:
    """Hear interrupts: what a shell starts in the background is deaf to them, and so is what tests start in turn."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
