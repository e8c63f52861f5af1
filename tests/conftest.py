"""What every test may ask for."""

import pytest
from hypothesis import HealthCheck, settings

from digest.store.images import Gallery
from tests.stock import new_store

# A property is right or wrong; how long it takes says only how busy the machine is.
settings.register_profile("digest", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("digest")


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew; read the diff"
    )


@pytest.fixture
def gallery(tmp_path):
    """A folder for the pictures of articles."""
    return Gallery(tmp_path / "images")


@pytest.fixture
def db(tmp_path):
    """An empty store in a file."""
    store = new_store(tmp_path)
    yield store
    store.close()
