"""What every test may ask for."""

import pytest

from tests.stock import new_store


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew; read the diff"
    )


@pytest.fixture
def db(tmp_path):
    """An empty store in a file."""
    store = new_store(tmp_path)
    yield store
    store.close()
