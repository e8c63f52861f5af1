"""What every test may ask for, and what keeps all of them quick."""

import gc
import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from digest.store.articles.images import Gallery
from tests import fonts, fork_server, statements
from tests.chromium import CHROMIUM, browser, tab
from tests.stock import new_store

__all__ = ["browser", "tab"]

# A property is right or wrong; how long it takes says only how busy the machine is.
settings.register_profile("full", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("everyday", settings.get_profile("full"), max_examples=20)
settings.load_profile("everyday")  # scripts/test asks for the full one

statements.share()


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew; read the diff"
    )


MEMORY = Path("/dev/shm")


def pytest_configure(config):
    """Keep the stores of tests in memory, where there is some: a commit waits for no disk then.

    Let nobody see the fonts of this machine.
    """
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 2_000_000_000:
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None  # so that it is looked up anew
    if not hasattr(config, "workerinput"):  # a worker is a child of the process that did it
        config.add_cleanup(partial(fonts.forget, fonts.use_our_own()))


@pytest.hookimpl(wrapper=True, tryfirst=True)  # after the plugin that mixes them
def pytest_collection_modifyitems(items):
    """What needs a browser comes last, so that it is started once."""
    yield
    items.sort(key=_needs_browser)


def pytest_runtest_setup(item):
    """While a browser runs, no async test can: that comes up if tests are in another order."""
    if not _needs_browser(item):
        CHROMIUM.stop()


def pytest_sessionfinish():
    CHROMIUM.stop()
    fork_server.stop()


def _needs_browser(item) -> bool:
    return item.get_closest_marker("browser") is not None


def pytest_collection_finish():
    """What is there now stays to the end: to look through it for garbage again and again takes a
    seventh of the time of all tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


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
