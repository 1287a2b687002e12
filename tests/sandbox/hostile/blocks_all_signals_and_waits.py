# Expected: timed out (wall)
# Blocks whatever can be blocked and waits for what then never comes.
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
signal.sigwait({signal.SIGUSR1})
