# Expected: wrong
# Detail: every attempt was refused
# Lifts every limit that it has.
import resource

for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_CORE"):
    kind = getattr(resource, name)
    soft, hard = resource.getrlimit(kind)
    for new in ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), (hard + 1, hard + 1), (hard, hard + 1)):
        allow_none(**{name: lambda: resource.setrlimit(kind, new)})
