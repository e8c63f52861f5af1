"""Ada, whose page of choices it is, and a publication that has some to offer."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.actions.editions.publish import publish
from digest.core.editions.edition import EditionState
from digest.store.editions import editions
from digest.store.readers import subscribers
from digest.store.readers.bulk_subscribe import enrol_all
from tests.builders import MONDAY
from tests.publications import fill, found, open_app
from tests.stock import a_reader, keep_article
from tests.web.conftest import token

ADA = "ada@reader.example"
CONFIG = """
[[topic]]
slug = "sea"
name = "The sea"
keywords = ["gauge", "tide"]

[[topic]]
slug = "town"
name = "The town"
keywords = ["tram", "mayor"]

[[newsletter]]
slug = "daily"
title = "The Harbour Daily"
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Two topics, two newsletters, and an edition that went out with two stories."""
    app = open_app(found(tmp_path_factory.mktemp("choices"), more=CONFIG))
    fill(app, ADA, "ben@reader.example")
    tram, day = "The mayor takes the tram", MONDAY - timedelta(days=1)
    keep_article(app.db, tram, authors=("Ben Quay",), published=day)
    app.db.write(enrol_all, [a_reader(ADA)], ["daily"], MONDAY)
    publish(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY)
    app.db.write(editions.move, 1, [EditionState.FROZEN], EditionState.SENDING, "", MONDAY)
    app.db.close()
    return app.db.path.read_bytes()


@pytest.fixture
def app(tmp_path, clock, store):
    app = replace(open_app(found(tmp_path, store, more=CONFIG)), clock=clock)
    yield app
    app.db.close()


def page(subscription=1):
    return f"/preferences/{token(subscription, 'preferences')}"


def ada(app):
    return app.db.read(subscribers.find_subscriber, ADA)


def standings(app):
    return {one.newsletter: str(one.standing) for one in ada(app).subscriptions}


def sample(text):
    """The titles that the page promises."""
    return re.findall(r"<li>(.*?)</li>", text)
