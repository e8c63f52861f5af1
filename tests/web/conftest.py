"""The web site of a publication with two readers, asked without a network."""

import sqlite3

import pytest
import structlog
from starlette.testclient import TestClient

from digest.core.message.signed_token import sign
from digest.web.app import site
from tests.builders import MONDAY
from tests.publications import SECRET, fill, found, open_app
from tests.stock import packed


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """A store with an article and two readers, in bytes: copying is faster than filling."""
    app = open_app(found(tmp_path_factory.mktemp("publication")))
    fill(app, "ada@reader.example", "ben@reader.example")
    return packed(app.db)


class Clock:
    """The time, which passes when it is told to."""

    now = MONDAY

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(tmp_path, store):
    structlog.reset_defaults()
    app = open_app(found(tmp_path, store))
    yield app
    app.db.close()


@pytest.fixture
def client(app):
    return TestClient(site(lambda: app), follow_redirects=False)


@pytest.fixture
def stored(app):
    """Everything in the store, as text; called before and after to see whether it changed."""

    def dump():
        connection = sqlite3.connect(app.db.path)
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()

    return dump


def token(subscription=1, purpose="unsubscribe", secret=SECRET):
    """Ada's, unless another is asked for."""
    return sign(purpose, subscription, secret)


def break_store(app):
    """Damage the store so that it can't answer."""
    connection = sqlite3.connect(app.db.path)
    for table in ("edition", "subscription"):
        connection.execute(f"ALTER TABLE {table} RENAME TO gone_{table}")
    connection.commit()
    connection.close()
