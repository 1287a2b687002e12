import pytest

from hornbook.synthesis.curriculum.world import World, build_world


@pytest.fixture(scope="session")
def world() -> World:
    return build_world()
