# Expected: wrong
# Detail: the limits of others were not its to set
# Lowers the limits of process 1, so that whoever comes next cannot work.
import resource

lowest = {"RLIMIT_AS": 140 * 2**20, "RLIMIT_NOFILE": 40, "RLIMIT_NPROC": 1, "RLIMIT_FSIZE": 0, "RLIMIT_CPU": 3}
for name, least in lowest.items():
    try:
        resource.prlimit(1, getattr(resource, name), (least, least))
    except (OSError, ValueError):
        continue
assert False, "the limits of others were not its to set"
