from tests.curation.conftest import one_process  # noqa: F401
