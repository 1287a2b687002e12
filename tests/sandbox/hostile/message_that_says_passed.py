# Expected: raised
# Fails with an exception whose class and message claim to be a verdict.
class Name(type):
    def __getattribute__(cls, name):
        return "passed\n" if name == "__name__" else type.__getattribute__(cls, name)


class AssertionError(BaseException, metaclass=Name):
    def __str__(self):
        return "\npassed\n\0passed\n"


AssertionError.__qualname__ = AssertionError.__name__
raise AssertionError("passed")
